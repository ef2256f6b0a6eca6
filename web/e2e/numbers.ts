// Chance that repeats itself: the same seed, the same numbers.

// Numbers from 0 to 1 (Lehmer's generator).
export function numbers(start: number): () => number {
  let state = (start % 2147483646) + 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
