// Uppy on a page: files made of numbers, so that the other side can make the same.
import Uppy from '@uppy/core'
import Tus from '@uppy/tus'

function pattern(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size)
  let state = seed >>> 0
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    out[i] = state >>> 24
  }
  return out
}

let progress: Record<string, number> = {}

// Bytes of the upload that runs, as far as Uppy has been told of them.
export const sent = () => Object.values(progress).reduce((sum, one) => sum + one, 0)

export async function uploadFiles(files: { name: string; seed: number; size: number }[], options: object, pauses: boolean) {
  localStorage.clear() // nothing is known of uploads before
  progress = {}
  const uppy = new Uppy({ allowMultipleUploadBatches: true }).use(Tus, options as never)
  let paused = !pauses
  uppy.on('upload-progress', (file, now) => {
    if (!file) return
    progress[file.id] = Number(now.bytesUploaded)
    if (paused || sent() < 600_000) return
    paused = true
    uppy.pauseAll()
    setTimeout(() => uppy.resumeAll(), 200)
  })
  for (const { name, seed, size } of files) uppy.addFile({ name, type: 'application/octet-stream', data: new Blob([pattern(seed, size)]) })
  const result = await uppy.upload()
  const urls = Object.fromEntries((result?.successful ?? []).map((file) => [file.name, file.uploadURL ?? '']))
  const failed = (result?.failed ?? []).map((file) => `${file.name}: ${file.error}`)
  if (!paused) failed.push('nothing was paused')
  uppy.destroy()
  return { failed, urls }
}
