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
      LC.h(
        'button',
        { type: 'button', class: 'link', 'aria-label': LC.t('close'), on: { click: close } },
        '×'
      )
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

  /** Tell of everything a link asked for in vain in one message, and take it out of the state. */
  function tellDropped(gone) {
    const textOf = ({ key, value }) => key + '=' + value;
    const news = gone.filter((one) => !told.has(textOf(one)));
    const texts = LC.dropped.concat(news.map(textOf));
    LC.dropped = [];
    if (gone.length) LC.forget(gone.map(({ key }) => key));
    if (!texts.length) return;
    texts.forEach((text) => told.add(text));
    if (news.length === 1 && texts.length === 1) LC.notice('dropped', news[0]);
    else LC.notice('notice_dropped', { list: LC.list(texts) });
  }

  // Not a drawing: this container collects messages, so nothing here clears it.
  LC.views.push({
    id: 'notices',
    needs: ['view', 'missing'],
    draw(container, app) {
      const said = app.view.notices || [];
      const gone = said.filter((one) => one.key === 'dropped').map((one) => one.params);
      tellDropped(app.missing ? gone.concat({ key: 's', value: app.missing }) : gone);
      said.filter((one) => one.key !== 'dropped').forEach((one) => tellOnce(one.key, one.params));
    },
  });
})();
