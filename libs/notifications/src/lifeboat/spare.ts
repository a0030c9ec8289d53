import type { Lifeboat } from '../port.js';

/**
 * A lifeboat whose notes have a second place to go. A disk that failed is often mounted again for reading only: then the
 * contacts are still known, and nobody could remember that they were told, so that a process which is started again and
 * again would tell them again and again.
 *
 * `spare` opens the second place; with `make` it is made where it is missing, otherwise it is null then. It keeps notes
 * only, never provisions: it may be anywhere, and gone after the next boot.
 */
export function withSpare(main: Lifeboat, spare: (make: boolean) => Lifeboat | null): Lifeboat {
  return {
    provisions: () => main.provisions(),
    stock: (provisions) => main.stock(provisions),
    alarms: () => [...main.alarms(), ...(spare(false)?.alarms() ?? [])],
    note(alarm) {
      try {
        main.note(alarm);
      } catch (error) {
        const second = spare(true);
        if (!second) throw error;
        second.note(alarm);
      }
    },
    forget(incident) {
      // The spare's first: forgotten in the main place alone, it would be recorded at every look.
      spare(false)?.forget(incident);
      main.forget(incident);
    },
  };
}
