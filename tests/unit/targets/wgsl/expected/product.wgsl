// product: contract over [2, 48, 64], reduced over [32]
// schedule: staging subgroup, 8 x 4 a thread, 4 deep, 8 x 1 threads
// made by hand
enable subgroups;
diagnostic(off, subgroup_uniformity);

@group(0) @binding(0) var<storage, read> s0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> s1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> s2: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> s3: array<vec4<f32>>;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) launched: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let once = min(launched.z, 1u);
  let i0_0 = group.x / 12u;
  let tile_row_0 = group.x % 12u / 2u * 8u;
  let tile_group_0 = group.x % 12u % 2u * 8u;
  let first_group_0 = tile_group_0 + thread;
  var sum_0_0: vec4<f32> = vec4<f32>(0f);
  var sum_1_0: vec4<f32> = vec4<f32>(0f);
  var sum_2_0: vec4<f32> = vec4<f32>(0f);
  var sum_3_0: vec4<f32> = vec4<f32>(0f);
  var sum_4_0: vec4<f32> = vec4<f32>(0f);
  var sum_5_0: vec4<f32> = vec4<f32>(0f);
  var sum_6_0: vec4<f32> = vec4<f32>(0f);
  var sum_7_0: vec4<f32> = vec4<f32>(0f);
  let i2_0 = first_group_0 * 4u;
  let i2_1 = first_group_0 * 4u + 1u;
  let i2_2 = first_group_0 * 4u + 2u;
  let i2_3 = first_group_0 * 4u + 3u;
  let row_0 = tile_row_0 + thread;
  for (var turn = 0u; turn < (8u * once); turn += 1u) {
    let read_0 = s0[i0_0 * 384u + row_0 * 8u + turn];
    let fragment_0 = subgroupBroadcast(read_0, 0u);
    let fragment_1 = subgroupBroadcast(read_0, 1u);
    let fragment_2 = subgroupBroadcast(read_0, 2u);
    let fragment_3 = subgroupBroadcast(read_0, 3u);
    let fragment_4 = subgroupBroadcast(read_0, 4u);
    let fragment_5 = subgroupBroadcast(read_0, 5u);
    let fragment_6 = subgroupBroadcast(read_0, 6u);
    let fragment_7 = subgroupBroadcast(read_0, 7u);
    let read_1 = s1[i0_0 * 512u + i2_0 * 8u + turn];
    let read_2 = s1[i0_0 * 512u + i2_1 * 8u + turn];
    let read_3 = s1[i0_0 * 512u + i2_2 * 8u + turn];
    let read_4 = s1[i0_0 * 512u + i2_3 * 8u + turn];
    let columns_0 = vec4<f32>(read_1.x, read_2.x, read_3.x, read_4.x);
    sum_0_0 = fma(vec4<f32>(fragment_0.x), columns_0, sum_0_0);
    sum_1_0 = fma(vec4<f32>(fragment_1.x), columns_0, sum_1_0);
    sum_2_0 = fma(vec4<f32>(fragment_2.x), columns_0, sum_2_0);
    sum_3_0 = fma(vec4<f32>(fragment_3.x), columns_0, sum_3_0);
    sum_4_0 = fma(vec4<f32>(fragment_4.x), columns_0, sum_4_0);
    sum_5_0 = fma(vec4<f32>(fragment_5.x), columns_0, sum_5_0);
    sum_6_0 = fma(vec4<f32>(fragment_6.x), columns_0, sum_6_0);
    sum_7_0 = fma(vec4<f32>(fragment_7.x), columns_0, sum_7_0);
    let columns_1 = vec4<f32>(read_1.y, read_2.y, read_3.y, read_4.y);
    sum_0_0 = fma(vec4<f32>(fragment_0.y), columns_1, sum_0_0);
    sum_1_0 = fma(vec4<f32>(fragment_1.y), columns_1, sum_1_0);
    sum_2_0 = fma(vec4<f32>(fragment_2.y), columns_1, sum_2_0);
    sum_3_0 = fma(vec4<f32>(fragment_3.y), columns_1, sum_3_0);
    sum_4_0 = fma(vec4<f32>(fragment_4.y), columns_1, sum_4_0);
    sum_5_0 = fma(vec4<f32>(fragment_5.y), columns_1, sum_5_0);
    sum_6_0 = fma(vec4<f32>(fragment_6.y), columns_1, sum_6_0);
    sum_7_0 = fma(vec4<f32>(fragment_7.y), columns_1, sum_7_0);
    let columns_2 = vec4<f32>(read_1.z, read_2.z, read_3.z, read_4.z);
    sum_0_0 = fma(vec4<f32>(fragment_0.z), columns_2, sum_0_0);
    sum_1_0 = fma(vec4<f32>(fragment_1.z), columns_2, sum_1_0);
    sum_2_0 = fma(vec4<f32>(fragment_2.z), columns_2, sum_2_0);
    sum_3_0 = fma(vec4<f32>(fragment_3.z), columns_2, sum_3_0);
    sum_4_0 = fma(vec4<f32>(fragment_4.z), columns_2, sum_4_0);
    sum_5_0 = fma(vec4<f32>(fragment_5.z), columns_2, sum_5_0);
    sum_6_0 = fma(vec4<f32>(fragment_6.z), columns_2, sum_6_0);
    sum_7_0 = fma(vec4<f32>(fragment_7.z), columns_2, sum_7_0);
    let columns_3 = vec4<f32>(read_1.w, read_2.w, read_3.w, read_4.w);
    sum_0_0 = fma(vec4<f32>(fragment_0.w), columns_3, sum_0_0);
    sum_1_0 = fma(vec4<f32>(fragment_1.w), columns_3, sum_1_0);
    sum_2_0 = fma(vec4<f32>(fragment_2.w), columns_3, sum_2_0);
    sum_3_0 = fma(vec4<f32>(fragment_3.w), columns_3, sum_3_0);
    sum_4_0 = fma(vec4<f32>(fragment_4.w), columns_3, sum_4_0);
    sum_5_0 = fma(vec4<f32>(fragment_5.w), columns_3, sum_5_0);
    sum_6_0 = fma(vec4<f32>(fragment_6.w), columns_3, sum_6_0);
    sum_7_0 = fma(vec4<f32>(fragment_7.w), columns_3, sum_7_0);
  }
  let read_5 = s2[first_group_0];
  let value_0 = sum_0_0 + read_5;
  s3[i0_0 * 768u + tile_row_0 * 16u + first_group_0] = value_0;
  let i1_0 = tile_row_0 + 1u;
  let read_6 = s2[first_group_0];
  let value_1 = sum_1_0 + read_6;
  s3[i0_0 * 768u + i1_0 * 16u + first_group_0] = value_1;
  let i1_1 = tile_row_0 + 2u;
  let read_7 = s2[first_group_0];
  let value_2 = sum_2_0 + read_7;
  s3[i0_0 * 768u + i1_1 * 16u + first_group_0] = value_2;
  let i1_2 = tile_row_0 + 3u;
  let read_8 = s2[first_group_0];
  let value_3 = sum_3_0 + read_8;
  s3[i0_0 * 768u + i1_2 * 16u + first_group_0] = value_3;
  let i1_3 = tile_row_0 + 4u;
  let read_9 = s2[first_group_0];
  let value_4 = sum_4_0 + read_9;
  s3[i0_0 * 768u + i1_3 * 16u + first_group_0] = value_4;
  let i1_4 = tile_row_0 + 5u;
  let read_10 = s2[first_group_0];
  let value_5 = sum_5_0 + read_10;
  s3[i0_0 * 768u + i1_4 * 16u + first_group_0] = value_5;
  let i1_5 = tile_row_0 + 6u;
  let read_11 = s2[first_group_0];
  let value_6 = sum_6_0 + read_11;
  s3[i0_0 * 768u + i1_5 * 16u + first_group_0] = value_6;
  let i1_6 = tile_row_0 + 7u;
  let read_12 = s2[first_group_0];
  let value_7 = sum_7_0 + read_12;
  s3[i0_0 * 768u + i1_6 * 16u + first_group_0] = value_7;
}
