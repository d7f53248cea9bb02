// pad: map over [3, 9]
// schedule: 64 threads, 4 elements each, vectors of 4
// made by hand

@group(0) @binding(0) var<storage, read> s0: array<f32>;
@group(0) @binding(1) var<storage, read_write> s1: array<f32>;
@group(0) @binding(2) var<storage, read_write> s2: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) launched: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let once = min(launched.z, 1u);
  let point = group.x * 64u + thread;
  if (point < 27u) {
    let i1_0 = point % 9u;
    let i0_0 = point / 9u;
    let inside_0 = (i1_0 - 2u) < 6u;
    let read_0 = select(0f, s0[select(0u, i0_0 * 6u + i1_0 - 2u, inside_0)], inside_0);
    let inside_1 = (i1_0 - 2u) < 6u;
    let value_0 = select(7f, read_0, inside_1);
    s1[i0_0 * 9u + i1_0] = value_0;
    s2[i0_0 * 9u + i1_0] = select(0u, 1u, inside_1);
  }
}
