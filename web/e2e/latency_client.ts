// The clock of the latency bench: a canvas whose picture says when it was drawn, and its reader on the other side. A picture
// is a row of black and white fields, one a bit of the time in tenths of a millisecond, then the same bits inverted, so
// that a picture that was not read right is noticed.
const bits = 24
const field = 24

function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 10) % 2 ** bits
}

export function clockTrack(): MediaStreamTrack {
  const canvas = document.createElement('canvas')
  canvas.width = bits * field
  canvas.height = 12 * field
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const track = canvas.captureStream(0).getVideoTracks()[0] as CanvasCaptureMediaStreamTrack
  setInterval(() => {
    const time = now()
    for (let bit = 0; bit < bits; bit++) {
      const on = (time >> bit) & 1
      context.fillStyle = on ? '#fff' : '#000'
      context.fillRect(bit * field, 0, field, 6 * field)
      context.fillStyle = on ? '#000' : '#fff'
      context.fillRect(bit * field, 6 * field, field, 6 * field)
    }
    track.requestFrame()
  }, 1000 / 30)
  return track
}

// Milliseconds from drawing to showing, of `count` pictures of a video.
export async function glassToGlass(video: HTMLVideoElement, count: number): Promise<number[]> {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const read = (): number | undefined => {
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    context.drawImage(video, 0, 0)
    const bright = (bit: number, row: number) =>
      context.getImageData(Math.floor(((bit + 0.5) / bits) * canvas.width), Math.floor(row * canvas.height), 1, 1).data[1]! > 127
    let time = 0
    for (let bit = 0; bit < bits; bit++) {
      if (bright(bit, 0.25) === bright(bit, 0.75)) return undefined
      if (bright(bit, 0.25)) time += 2 ** bit
    }
    return time
  }
  const delays: number[] = []
  while (delays.length < count) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve))
    const shown = now()
    const drawn = read()
    if (drawn !== undefined) delays.push(((shown - drawn + 2 ** bits) % 2 ** bits) / 10)
  }
  return delays
}
