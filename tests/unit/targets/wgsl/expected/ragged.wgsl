// ragged: contract over [2, 7, 9], reduced over [5]
// schedule: staging shared, 4 x 4 a thread, 8 deep, 8 x 8 threads
// made by hand

@group(0) @binding(0) var<storage, read> s0: array<f32>;
@group(0) @binding(1) var<storage, read> s1: array<f32>;
@group(0) @binding(2) var<storage, read> s2: array<f32>;
@group(0) @binding(3) var<storage, read_write> s3: array<f32>;
@group(0) @binding(4) var<storage, read_write> s4: array<f32>;
var<workgroup> left_tile: array<vec4<f32>, 64>;
var<workgroup> right_tile: array<vec4<f32>, 64>;

// tanh x as a quotient of polynomials, |x| at most 8; 7 ulp. (Builtins lose small x.)
fn tanh_x1(x: f32) -> f32 {
  let c = clamp(x, -7.9988117f, 7.9988117f);
  let square = c * c;
  let p0 = fma(-2.7607684e-16f, square, 2.000188e-13f);
  let p1 = fma(p0, square, -8.604672e-11f);
  let p2 = fma(p1, square, 5.1222973e-8f);
  let p3 = fma(p2, square, 0.0000148572235f);
  let p4 = fma(p3, square, 0.00063726195f);
  let p5 = fma(p4, square, 0.0048935246f);
  let q0 = fma(0.0000011982584f, square, 0.00011853471f);
  let q1 = fma(q0, square, 0.0022684347f);
  let q2 = fma(q1, square, 0.004893525f);
  return select(x, c * p5 / q2, ((bitcast<u32>(x) & 2147483647u) <= 2139095040u));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) launched: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let once = min(launched.z, 1u);
  let across_0 = thread % 8u;
  let down_0 = thread / 8u;
  let first_row_0 = down_0 * 4u;
  var sum_0_0: vec4<f32> = vec4<f32>(0f);
  var sum_1_0: vec4<f32> = vec4<f32>(0f);
  var sum_2_0: vec4<f32> = vec4<f32>(0f);
  var sum_3_0: vec4<f32> = vec4<f32>(0f);
  for (var turn = 0u; turn < (1u * once); turn += 1u) {
    for (var part_0 = thread; part_0 < (64u * once); part_0 += 64u) {
      let clamped_0 = min(part_0 / 2u, 6u);
      let clamped_1 = min((turn * 2u + part_0 % 2u) * 4u, 4u);
      let clamped_2 = min((turn * 2u + part_0 % 2u) * 4u + 1u, 4u);
      let clamped_3 = min((turn * 2u + part_0 % 2u) * 4u + 2u, 4u);
      let clamped_4 = min((turn * 2u + part_0 % 2u) * 4u + 3u, 4u);
      let read_0 = s0[group.x * 35u + clamped_1 * 7u + clamped_0];
      let read_1 = s0[group.x * 35u + clamped_2 * 7u + clamped_0];
      let read_2 = s0[group.x * 35u + clamped_3 * 7u + clamped_0];
      let read_3 = s0[group.x * 35u + clamped_4 * 7u + clamped_0];
      left_tile[part_0 % 2u * 32u + part_0 / 2u] = vec4<f32>(select(0f, read_0, (((turn * 2u + part_0 % 2u) * 4u) < 5u)), select(0f, read_1, (((turn * 2u + part_0 % 2u) * 4u + 1u) < 5u)), select(0f, read_2, (((turn * 2u + part_0 % 2u) * 4u + 2u) < 5u)), select(0f, read_3, (((turn * 2u + part_0 % 2u) * 4u + 3u) < 5u)));
    }
    for (var part_1 = thread; part_1 < (64u * once); part_1 += 64u) {
      let clamped_5 = min(part_1 / 2u, 8u);
      let clamped_6 = min((turn * 2u + part_1 % 2u) * 4u, 4u);
      let clamped_7 = min((turn * 2u + part_1 % 2u) * 4u + 1u, 4u);
      let clamped_8 = min((turn * 2u + part_1 % 2u) * 4u + 2u, 4u);
      let clamped_9 = min((turn * 2u + part_1 % 2u) * 4u + 3u, 4u);
      let read_4 = s1[group.x * 45u + clamped_5 * 5u + clamped_6];
      let read_5 = s1[group.x * 45u + clamped_5 * 5u + clamped_7];
      let read_6 = s1[group.x * 45u + clamped_5 * 5u + clamped_8];
      let read_7 = s1[group.x * 45u + clamped_5 * 5u + clamped_9];
      right_tile[part_1 % 2u * 32u + part_1 / 2u] = vec4<f32>(read_4, read_5, read_6, read_7);
    }
    workgroupBarrier();
    for (var group_of_four = 0u; group_of_four < (2u * once); group_of_four += 1u) {
      let fragment_0 = left_tile[group_of_four * 32u + down_0 * 4u];
      let fragment_1 = left_tile[group_of_four * 32u + down_0 * 4u + 1u];
      let fragment_2 = left_tile[group_of_four * 32u + down_0 * 4u + 2u];
      let fragment_3 = left_tile[group_of_four * 32u + down_0 * 4u + 3u];
      let fragment_4 = right_tile[group_of_four * 32u + across_0 * 4u];
      let fragment_5 = right_tile[group_of_four * 32u + (across_0 * 4u + 1u)];
      let fragment_6 = right_tile[group_of_four * 32u + (across_0 * 4u + 2u)];
      let fragment_7 = right_tile[group_of_four * 32u + (across_0 * 4u + 3u)];
      let columns_0 = vec4<f32>(fragment_4.x, fragment_5.x, fragment_6.x, fragment_7.x);
      sum_0_0 = fma(vec4<f32>(fragment_0.x), columns_0, sum_0_0);
      sum_1_0 = fma(vec4<f32>(fragment_1.x), columns_0, sum_1_0);
      sum_2_0 = fma(vec4<f32>(fragment_2.x), columns_0, sum_2_0);
      sum_3_0 = fma(vec4<f32>(fragment_3.x), columns_0, sum_3_0);
      let columns_1 = vec4<f32>(fragment_4.y, fragment_5.y, fragment_6.y, fragment_7.y);
      sum_0_0 = fma(vec4<f32>(fragment_0.y), columns_1, sum_0_0);
      sum_1_0 = fma(vec4<f32>(fragment_1.y), columns_1, sum_1_0);
      sum_2_0 = fma(vec4<f32>(fragment_2.y), columns_1, sum_2_0);
      sum_3_0 = fma(vec4<f32>(fragment_3.y), columns_1, sum_3_0);
      let columns_2 = vec4<f32>(fragment_4.z, fragment_5.z, fragment_6.z, fragment_7.z);
      sum_0_0 = fma(vec4<f32>(fragment_0.z), columns_2, sum_0_0);
      sum_1_0 = fma(vec4<f32>(fragment_1.z), columns_2, sum_1_0);
      sum_2_0 = fma(vec4<f32>(fragment_2.z), columns_2, sum_2_0);
      sum_3_0 = fma(vec4<f32>(fragment_3.z), columns_2, sum_3_0);
      let columns_3 = vec4<f32>(fragment_4.w, fragment_5.w, fragment_6.w, fragment_7.w);
      sum_0_0 = fma(vec4<f32>(fragment_0.w), columns_3, sum_0_0);
      sum_1_0 = fma(vec4<f32>(fragment_1.w), columns_3, sum_1_0);
      sum_2_0 = fma(vec4<f32>(fragment_2.w), columns_3, sum_2_0);
      sum_3_0 = fma(vec4<f32>(fragment_3.w), columns_3, sum_3_0);
    }
    workgroupBarrier();
  }
  if (first_row_0 < 7u) {
    if ((across_0 * 4u) < 9u) {
      let i2_0 = across_0 * 4u;
      let read_8 = s2[i2_0];
      let value_0 = sum_0_0.x + read_8;
      let value_1 = value_0 * 0.5f;
      let value_2 = tanh_x1(value_0);
      let value_3 = 1f + value_2;
      let value_4 = value_1 * value_3;
      s3[group.x * 63u + first_row_0 * 9u + i2_0] = value_4;
      s4[group.x * 63u + first_row_0 * 9u + i2_0] = value_0;
    }
    if ((across_0 * 4u + 1u) < 9u) {
      let i2_1 = across_0 * 4u + 1u;
      let read_9 = s2[i2_1];
      let value_5 = sum_0_0.y + read_9;
      let value_6 = value_5 * 0.5f;
      let value_7 = tanh_x1(value_5);
      let value_8 = 1f + value_7;
      let value_9 = value_6 * value_8;
      s3[group.x * 63u + first_row_0 * 9u + i2_1] = value_9;
      s4[group.x * 63u + first_row_0 * 9u + i2_1] = value_5;
    }
    if ((across_0 * 4u + 2u) < 9u) {
      let i2_2 = across_0 * 4u + 2u;
      let read_10 = s2[i2_2];
      let value_10 = sum_0_0.z + read_10;
      let value_11 = value_10 * 0.5f;
      let value_12 = tanh_x1(value_10);
      let value_13 = 1f + value_12;
      let value_14 = value_11 * value_13;
      s3[group.x * 63u + first_row_0 * 9u + i2_2] = value_14;
      s4[group.x * 63u + first_row_0 * 9u + i2_2] = value_10;
    }
    if ((across_0 * 4u + 3u) < 9u) {
      let i2_3 = across_0 * 4u + 3u;
      let read_11 = s2[i2_3];
      let value_15 = sum_0_0.w + read_11;
      let value_16 = value_15 * 0.5f;
      let value_17 = tanh_x1(value_15);
      let value_18 = 1f + value_17;
      let value_19 = value_16 * value_18;
      s3[group.x * 63u + first_row_0 * 9u + i2_3] = value_19;
      s4[group.x * 63u + first_row_0 * 9u + i2_3] = value_15;
    }
  }
  if ((first_row_0 + 1u) < 7u) {
    let i1_0 = first_row_0 + 1u;
    if ((across_0 * 4u) < 9u) {
      let i2_4 = across_0 * 4u;
      let read_12 = s2[i2_4];
      let value_20 = sum_1_0.x + read_12;
      let value_21 = value_20 * 0.5f;
      let value_22 = tanh_x1(value_20);
      let value_23 = 1f + value_22;
      let value_24 = value_21 * value_23;
      s3[group.x * 63u + i1_0 * 9u + i2_4] = value_24;
      s4[group.x * 63u + i1_0 * 9u + i2_4] = value_20;
    }
    if ((across_0 * 4u + 1u) < 9u) {
      let i2_5 = across_0 * 4u + 1u;
      let read_13 = s2[i2_5];
      let value_25 = sum_1_0.y + read_13;
      let value_26 = value_25 * 0.5f;
      let value_27 = tanh_x1(value_25);
      let value_28 = 1f + value_27;
      let value_29 = value_26 * value_28;
      s3[group.x * 63u + i1_0 * 9u + i2_5] = value_29;
      s4[group.x * 63u + i1_0 * 9u + i2_5] = value_25;
    }
    if ((across_0 * 4u + 2u) < 9u) {
      let i2_6 = across_0 * 4u + 2u;
      let read_14 = s2[i2_6];
      let value_30 = sum_1_0.z + read_14;
      let value_31 = value_30 * 0.5f;
      let value_32 = tanh_x1(value_30);
      let value_33 = 1f + value_32;
      let value_34 = value_31 * value_33;
      s3[group.x * 63u + i1_0 * 9u + i2_6] = value_34;
      s4[group.x * 63u + i1_0 * 9u + i2_6] = value_30;
    }
    if ((across_0 * 4u + 3u) < 9u) {
      let i2_7 = across_0 * 4u + 3u;
      let read_15 = s2[i2_7];
      let value_35 = sum_1_0.w + read_15;
      let value_36 = value_35 * 0.5f;
      let value_37 = tanh_x1(value_35);
      let value_38 = 1f + value_37;
      let value_39 = value_36 * value_38;
      s3[group.x * 63u + i1_0 * 9u + i2_7] = value_39;
      s4[group.x * 63u + i1_0 * 9u + i2_7] = value_35;
    }
  }
  if ((first_row_0 + 2u) < 7u) {
    let i1_1 = first_row_0 + 2u;
    if ((across_0 * 4u) < 9u) {
      let i2_8 = across_0 * 4u;
      let read_16 = s2[i2_8];
      let value_40 = sum_2_0.x + read_16;
      let value_41 = value_40 * 0.5f;
      let value_42 = tanh_x1(value_40);
      let value_43 = 1f + value_42;
      let value_44 = value_41 * value_43;
      s3[group.x * 63u + i1_1 * 9u + i2_8] = value_44;
      s4[group.x * 63u + i1_1 * 9u + i2_8] = value_40;
    }
    if ((across_0 * 4u + 1u) < 9u) {
      let i2_9 = across_0 * 4u + 1u;
      let read_17 = s2[i2_9];
      let value_45 = sum_2_0.y + read_17;
      let value_46 = value_45 * 0.5f;
      let value_47 = tanh_x1(value_45);
      let value_48 = 1f + value_47;
      let value_49 = value_46 * value_48;
      s3[group.x * 63u + i1_1 * 9u + i2_9] = value_49;
      s4[group.x * 63u + i1_1 * 9u + i2_9] = value_45;
    }
    if ((across_0 * 4u + 2u) < 9u) {
      let i2_10 = across_0 * 4u + 2u;
      let read_18 = s2[i2_10];
      let value_50 = sum_2_0.z + read_18;
      let value_51 = value_50 * 0.5f;
      let value_52 = tanh_x1(value_50);
      let value_53 = 1f + value_52;
      let value_54 = value_51 * value_53;
      s3[group.x * 63u + i1_1 * 9u + i2_10] = value_54;
      s4[group.x * 63u + i1_1 * 9u + i2_10] = value_50;
    }
    if ((across_0 * 4u + 3u) < 9u) {
      let i2_11 = across_0 * 4u + 3u;
      let read_19 = s2[i2_11];
      let value_55 = sum_2_0.w + read_19;
      let value_56 = value_55 * 0.5f;
      let value_57 = tanh_x1(value_55);
      let value_58 = 1f + value_57;
      let value_59 = value_56 * value_58;
      s3[group.x * 63u + i1_1 * 9u + i2_11] = value_59;
      s4[group.x * 63u + i1_1 * 9u + i2_11] = value_55;
    }
  }
  if ((first_row_0 + 3u) < 7u) {
    let i1_2 = first_row_0 + 3u;
    if ((across_0 * 4u) < 9u) {
      let i2_12 = across_0 * 4u;
      let read_20 = s2[i2_12];
      let value_60 = sum_3_0.x + read_20;
      let value_61 = value_60 * 0.5f;
      let value_62 = tanh_x1(value_60);
      let value_63 = 1f + value_62;
      let value_64 = value_61 * value_63;
      s3[group.x * 63u + i1_2 * 9u + i2_12] = value_64;
      s4[group.x * 63u + i1_2 * 9u + i2_12] = value_60;
    }
    if ((across_0 * 4u + 1u) < 9u) {
      let i2_13 = across_0 * 4u + 1u;
      let read_21 = s2[i2_13];
      let value_65 = sum_3_0.y + read_21;
      let value_66 = value_65 * 0.5f;
      let value_67 = tanh_x1(value_65);
      let value_68 = 1f + value_67;
      let value_69 = value_66 * value_68;
      s3[group.x * 63u + i1_2 * 9u + i2_13] = value_69;
      s4[group.x * 63u + i1_2 * 9u + i2_13] = value_65;
    }
    if ((across_0 * 4u + 2u) < 9u) {
      let i2_14 = across_0 * 4u + 2u;
      let read_22 = s2[i2_14];
      let value_70 = sum_3_0.z + read_22;
      let value_71 = value_70 * 0.5f;
      let value_72 = tanh_x1(value_70);
      let value_73 = 1f + value_72;
      let value_74 = value_71 * value_73;
      s3[group.x * 63u + i1_2 * 9u + i2_14] = value_74;
      s4[group.x * 63u + i1_2 * 9u + i2_14] = value_70;
    }
    if ((across_0 * 4u + 3u) < 9u) {
      let i2_15 = across_0 * 4u + 3u;
      let read_23 = s2[i2_15];
      let value_75 = sum_3_0.w + read_23;
      let value_76 = value_75 * 0.5f;
      let value_77 = tanh_x1(value_75);
      let value_78 = 1f + value_77;
      let value_79 = value_76 * value_78;
      s3[group.x * 63u + i1_2 * 9u + i2_15] = value_79;
      s4[group.x * 63u + i1_2 * 9u + i2_15] = value_75;
    }
  }
}
