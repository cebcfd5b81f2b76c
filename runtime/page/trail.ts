/** The page's own two entries in the history of its window: the form, and after it a session with its answer. */
export interface Trail {
  /** Goes on to the entry of a session, if the window is not there already. */
  enter(): Promise<void>
  /** Goes back to the entry of the form, if the window is not there already. */
  leave(): void
}

const mark = 'emp-session'
const isSession = () => history.state === mark

/** @param onBack the person went back to the form. @param onForward the person went on to the session again. */
export function trailOf(onBack: () => void, onForward: () => void): Trail {
  let returning: Promise<void> | null = null
  let arrived = () => {}
  // After a reload there is no session any more.
  if (isSession()) history.replaceState(null, '')
  window.addEventListener('popstate', () => {
    if (returning !== null) {
      returning = null
      arrived()
    } else if (isSession()) onForward()
    else onBack()
  })
  return {
    async enter() {
      await returning
      if (!isSession()) history.pushState(mark, '')
    },
    leave() {
      if (!isSession() || returning !== null) return
      returning = new Promise((resolve) => {
        arrived = resolve
      })
      history.back()
    },
  }
}
