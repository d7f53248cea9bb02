// softmax: row over [24], reduced over [64]
// schedule: a thread a row, workgroups of 32, vectors of 4
// made by hand

@group(0) @binding(0) var<storage, read> s0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> s1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> s2: array<f32>;

// The float with these bits, infinities and NaN included.
fn from_bits_x1(bits: u32) -> f32 {
  return bitcast<f32>(bits);
}

// e^x = 2^n e^r, r = x - n ln 2 in two parts (Cody and Waite 1980), 1 ulp; subnormal results are 0.
fn exp_x4(x: vec4<f32>) -> vec4<f32> {
  let n = floor(x * vec4<f32>(1.442695f) + vec4<f32>(0.5f));
  let high = x - n * vec4<f32>(0.69314575f);
  let r = high - n * vec4<f32>(0.0000014286068f);
  let p0 = fma(vec4<f32>(0.0013780594f), r, vec4<f32>(0.0083731245f));
  let p1 = fma(p0, r, vec4<f32>(0.041669536f));
  let p2 = fma(p1, r, vec4<f32>(0.16666472f));
  let p3 = fma(p2, r, vec4<f32>(0.49999985f));
  let p4 = fma(p3, r, vec4<f32>(1f));
  let p5 = fma(p4, r, vec4<f32>(1f));
  let value = bitcast<vec4<f32>>(bitcast<vec4<i32>>(p5) + (vec4<i32>(n) << vec4<u32>(23u)));
  return select(x, select(select(value, vec4<f32>(from_bits_x1(2139095040u)), (vec4<f32>(88.72284f) < x)), vec4<f32>(0f), (x < vec4<f32>(-87.33655f))), ((bitcast<vec4<u32>>(x) & vec4<u32>(2147483647u)) <= vec4<u32>(2139095040u)));
}

// ln x = e ln 2 + ln (1 + f), 1 + f in [2/3, 4/3), 1 ulp; subnormal x as 0.
fn log_x1(x: f32) -> f32 {
  let bits = bitcast<i32>(x);
  let exponent = (bits - 1059760811i) & (-8388608i);
  let f = bitcast<f32>(bits - exponent) - 1f;
  let p0 = fma(-0.13031006f, f, 0.14086914f);
  let p1 = fma(p0, f, -0.12148351f);
  let p2 = fma(p1, f, 0.13981485f);
  let p3 = fma(p2, f, -0.16684613f);
  let p4 = fma(p3, f, 0.20012034f);
  let p5 = fma(p4, f, -0.2499962f);
  let p6 = fma(p5, f, 0.33333197f);
  let p7 = fma(p6, f, -0.5f);
  let fraction = fma(p7 * f, f, f);
  let whole = f32((exponent >> 23u));
  let value = fma(whole, 0.6931472f, fraction);
  return select(x, select(select(select(value, from_bits_x1(4286578688u), (x < 1.1754944e-38f)), from_bits_x1(2143289344u), (x < 0f)), from_bits_x1(2139095040u), (x == from_bits_x1(2139095040u))), ((bitcast<u32>(x) & 2147483647u) <= 2139095040u));
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) launched: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let once = min(launched.z, 1u);
  let row = group.x * 32u + thread;
  if (row < 24u) {
    var max_0: vec4<f32> = vec4<f32>(from_bits_x1(4286578688u));
    for (var r1_0 = 0u; r1_0 < (16u * once); r1_0 += 1u) {
      let read_0 = s0[row * 16u + r1_0];
      max_0 = max(max_0, read_0);
    }
    let max_1 = max(max(max_0.x, max_0.z), max(max_0.y, max_0.w));
    var sum_0: vec4<f32> = vec4<f32>(0f);
    for (var r1_1 = 0u; r1_1 < (16u * once); r1_1 += 1u) {
      let read_1 = s0[row * 16u + r1_1];
      let value_0 = read_1 - vec4<f32>(max_1);
      let value_1 = exp_x4(value_0);
      sum_0 = sum_0 + value_1;
    }
    let sum_1 = sum_0.x + sum_0.z + (sum_0.y + sum_0.w);
    for (var r1_2 = 0u; r1_2 < (16u * once); r1_2 += 1u) {
      let read_2 = s0[row * 16u + r1_2];
      let value_2 = read_2 - vec4<f32>(max_1);
      let value_3 = exp_x4(value_2);
      let value_4 = value_3 / vec4<f32>(sum_1);
      s1[row * 16u + r1_2] = value_4;
    }
    let value_5 = log_x1(sum_1);
    let value_6 = max_1 + value_5;
    s2[row] = value_6;
  }
}
