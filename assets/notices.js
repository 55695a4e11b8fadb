/**
 * Short messages that go by themselves; each situation shows once.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const STAY_MS = 8000;
  const told = new Set();

  /** Show a message of the word table. */
  LC.notice = (key, params) => {
    const box = LC.byId('notices');
    if (!box) return;
    const close = () => node.remove();
    const node = LC.h(
      'div',
      { class: 'notice', role: 'status' },
      LC.h('span', null, LC.t(key, params)),
      LC.h('button', { type: 'button', class: 'link', 'aria-label': LC.t('close'), on: { click: close } }, '×')
    );
    box.appendChild(node);
    setTimeout(close, STAY_MS);
  };

  function tellOnce(key, params) {
    const mark = key + JSON.stringify(params || {});
    if (told.has(mark)) return;
    told.add(mark);
    LC.notice(key, params);
  }

  // Not a drawing: this container collects messages, so nothing here clears it.
  LC.views.push({
    id: 'notices',
    needs: ['view'],
    draw(container, app) {
      if (LC.dropped.length) {
        tellOnce('notice_dropped', { list: LC.list(LC.dropped) });
        LC.dropped = [];
      }
      (app.view.notices || []).forEach((one) => tellOnce(one.key, one.params));
    },
  });
})();
