/**
 * Short messages that go by themselves, each situation once; and banners that stay.
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

  /**
   * Show a message that stays until it is closed by its owner.
   * @param {string} key
   * @param {Object} params
   * @param {Array<{key: string, press: function}>} choices
   * @returns {{close: function, buttons: Element[]}}
   */
  LC.banner = (key, params, choices) => {
    const box = LC.byId('notices');
    const buttons = choices.map((one) =>
      LC.h('button', { type: 'button', class: 'link', on: { click: one.press } }, LC.t(one.key))
    );
    const node = LC.h(
      'div',
      { class: 'notice notice-stays', 'data-notice': key },
      LC.h('span', null, LC.t(key, params)),
      buttons
    );
    if (box) box.appendChild(node);
    return { close: () => node.remove(), buttons };
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
