// columns: row over [16], reduced over [2, 8]
// schedule: a workgroup a row, workgroups of 8, vectors of 1
// made by hand

@group(0) @binding(0) var<storage, read> s0: array<f32>;
@group(0) @binding(1) var<storage, read_write> s1: array<f32>;
@group(0) @binding(2) var<storage, read_write> s2: array<f32>;
var<workgroup> tree_f32: array<f32, 8>;

// The float with these bits, infinities and NaN included.
fn from_bits_x1(bits: u32) -> f32 {
  return bitcast<f32>(bits);
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) launched: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let once = min(launched.z, 1u);
  let row = group.x;
  var sum_0: f32 = 0f;
  var min_0: f32 = from_bits_x1(2139095040u);
  for (var r_0 = thread; r_0 < (16u * once); r_0 += 8u) {
    let read_0 = s0[r_0 * 16u + row];
    sum_0 = sum_0 + read_0;
    min_0 = min(min_0, read_0);
  }
  tree_f32[thread] = sum_0;
  workgroupBarrier();
  if (thread < 4u) {
    tree_f32[thread] = tree_f32[thread] + tree_f32[thread + 4u];
  }
  workgroupBarrier();
  if (thread < 2u) {
    tree_f32[thread] = tree_f32[thread] + tree_f32[thread + 2u];
  }
  workgroupBarrier();
  if (thread < 1u) {
    tree_f32[thread] = tree_f32[thread] + tree_f32[thread + 1u];
  }
  workgroupBarrier();
  let sum_1 = tree_f32[0u];
  workgroupBarrier();
  tree_f32[thread] = min_0;
  workgroupBarrier();
  if (thread < 4u) {
    tree_f32[thread] = min(tree_f32[thread], tree_f32[thread + 4u]);
  }
  workgroupBarrier();
  if (thread < 2u) {
    tree_f32[thread] = min(tree_f32[thread], tree_f32[thread + 2u]);
  }
  workgroupBarrier();
  if (thread < 1u) {
    tree_f32[thread] = min(tree_f32[thread], tree_f32[thread + 1u]);
  }
  workgroupBarrier();
  let min_1 = tree_f32[0u];
  workgroupBarrier();
  if (thread == 0u) {
    s1[row] = s1[row] + sum_1;
    s2[row] = min_1;
  }
}
