/** Calls back when the page is hidden or left; mobile browsers tell nothing later. */
export function whenHidden(callback) {
  const page = globalThis.document
  if (!page?.addEventListener) return () => {}
  const onVisibility = () => {
    if (page.visibilityState === 'hidden') callback()
  }
  page.addEventListener('visibilitychange', onVisibility)
  globalThis.addEventListener?.('pagehide', callback)
  return () => {
    page.removeEventListener('visibilitychange', onVisibility)
    globalThis.removeEventListener?.('pagehide', callback)
  }
}

/** Calls back when the network is there again. */
export function whenOnline(callback) {
  if (!globalThis.document || !globalThis.addEventListener) return () => {}
  globalThis.addEventListener('online', callback)
  return () => globalThis.removeEventListener('online', callback)
}
