/**
 * The bottom sheet of the phone: three heights, by drag, tap or arrow keys on its handle.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const SNAPS = ['snap-low', 'snap-mid', 'snap-high'];
  const DRAG_PX = 30;

  function setSnap(panel, at) {
    const index = Math.max(0, Math.min(SNAPS.length - 1, at));
    SNAPS.forEach((name, k) => panel.classList.toggle(name, k === index));
    panel.setAttribute('data-snap', String(index));
  }

  const snapOf = (panel) => Number(panel.getAttribute('data-snap') || 1);

  function handleOf(panel) {
    let from = null;
    return LC.h('button', {
      type: 'button',
      class: 'sheet-handle',
      'aria-label': LC.t('sheet_handle'),
      on: {
        pointerdown: (event) => {
          from = event.clientY;
          event.currentTarget.setPointerCapture(event.pointerId);
        },
        pointerup: (event) => {
          if (from === null) return;
          const moved = event.clientY - from;
          const isTap = Math.abs(moved) < DRAG_PX;
          const now = snapOf(panel);
          setSnap(panel, isTap ? (now + 1) % SNAPS.length : now - Math.sign(moved));
          from = null;
        },
        keydown: (event) => {
          const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!by) return;
          event.preventDefault();
          setSnap(panel, snapOf(panel) + by);
        },
      },
    });
  }

  LC.views.push({
    id: 'detail',
    needs: ['place'],
    draw(container, app) {
      const panel = container.closest('.detail-panel');
      if (!panel) return;
      if (!panel.querySelector('.sheet-handle')) panel.insertBefore(
        handleOf(panel),
        panel.firstChild
      );
      if (app.place) setSnap(panel, Math.max(1, snapOf(panel)));
    },
  });
})();
