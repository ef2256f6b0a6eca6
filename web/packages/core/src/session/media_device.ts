/** mediasoup-client is heavy and only the studio needs it: loaded when a room is entered. */
export async function makeMediaDevice() {
  const { Device } = await import("mediasoup-client");
  return Device.factory();
}
