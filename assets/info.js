/**
 * The small "i" beside a figure: plain words, formula, unit and source, by hover, focus or tap;
 * Escape closes.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  let bubble = null;
  let owner = null;

  function hide() {
    if (bubble) bubble.hidden = true;
    if (owner) owner.removeAttribute('aria-describedby');
    owner = null;
  }

  function show(button, text) {
    if (!bubble) {
      bubble = LC.h('div', { id: 'info-bubble', class: 'info-bubble', role: 'tooltip' });
      bubble.addEventListener('mouseleave', hide);
      document.body.appendChild(bubble);
    }
    LC.replace(bubble, text.split('\n').map((line) => LC.h('p', null, line)));
    bubble.hidden = false;
    owner = button;
    button.setAttribute('aria-describedby', 'info-bubble');
    const box = button.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left - 8, window.innerWidth - bubble.offsetWidth - 8));
    const below = box.bottom + 6 + bubble.offsetHeight < window.innerHeight;
    bubble.style.left = left + 'px';
    bubble.style.top = (below ? box.bottom + 6 : box.top - bubble.offsetHeight - 6) + 'px';
  }

  /**
   * Make the button; `key` names the text, whose lines are words, formula, source. `of` tells
   * buttons of one text apart.
   */
  LC.info = (key, params, of) => {
    const text = LC.t(key, params);
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'info',
        'data-key': 'info-' + key + (of ? '-' + of : ''),
        'aria-label': LC.t('info_label'),
        on: {
          mouseenter: (event) => show(event.currentTarget, text),
          focus: (event) => show(event.currentTarget, text),
          click: (event) => show(event.currentTarget, text),
          mouseleave: (event) => {
            if (!bubble || !bubble.contains(event.relatedTarget)) hide();
          },
          blur: hide,
        },
      },
      'i'
    );
  };

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
  });
})();
