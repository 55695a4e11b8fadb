/**
 * What every step of the operator's page is made of: words, numbers, buttons, tables, questions.
 */
(function () {
  'use strict';
  const LC = window.livingCircle;
  const op = LC.operate;
  const h = LC.h;

  /** Give the language of the page; where the page stands alone its HTML says it. */
  op.lang = () => {
    if (LC.lang) return LC.lang();
    return document.documentElement.lang === 'en' ? 'en' : 'zh';
  };

  /** Say a text of this page; an unknown key says itself. */
  op.t = (key, params) => {
    const text = op.words && op.words[op.lang()][key];
    if (text === undefined || text === null) return key;
    return text.replace(/\{(\w+)\}/g, (whole, name) =>
      params && params[name] !== undefined && params[name] !== null ? String(params[name]) : whole
    );
  };

  /** Say a text where there is one, else what came with the data. */
  op.or = (key, otherwise) => {
    const text = op.t(key);
    return text === key ? otherwise : text;
  };

  op.address = (path) => {
    const box = document.getElementById('operate');
    const prefix = box && box.getAttribute('data-prefix');
    return prefix ? prefix.replace(/\/$/, '') + path : LC.address(path);
  };

  op.number = (value) =>
    value === null || value === undefined ? '–' : Number(value).toLocaleString('en-US');

  /** Write a list as the language does. */
  op.join = (parts) => parts.join(op.lang() === 'zh' ? '、' : ', ');

  op.size = (bytes) => {
    if (bytes === null || bytes === undefined) return '–';
    if (bytes < 1024) return bytes + ' B';
    if (bytes < 1024 * 1024) return (bytes / 1024).toFixed(0) + ' KB';
    if (bytes < 1024 * 1024 * 1024) return (bytes / 1024 / 1024).toFixed(1) + ' MB';
    return (bytes / 1024 / 1024 / 1024).toFixed(1) + ' GB';
  };

  op.time = (iso) => {
    if (!iso) return '–';
    const at = new Date(iso);
    const two = (n) => String(n).padStart(2, '0');
    return at.getFullYear() + '-' + two(at.getMonth() + 1) + '-' + two(at.getDate()) + ' ' +
      two(at.getHours()) + ':' + two(at.getMinutes());
  };

  /** Make a button; `main` = the one that leads on. */
  op.button = (text, run, options) => {
    const more = options || {};
    return h(
      'button',
      {
        type: 'button',
        class: 'op-button' + (more.main ? ' op-main' : '') + (more.small ? ' op-small' : ''),
        disabled: Boolean(more.disabled),
        'data-key': more.key || text,
        'aria-label': more.label || null,
        on: { click: run },
      },
      text
    );
  };

  /** Ask before something that others notice; `ask` is drawn in place of the button. */
  op.confirm = (key, text, run) => {
    op.asking = { key, text, run };
    op.draw();
  };

  op.confirmBox = (key) => {
    if (!op.asking || op.asking.key !== key) return null;
    const { text, run } = op.asking;
    const done = () => {
      op.asking = null;
      op.draw();
    };
    return h(
      'div',
      { class: 'op-confirm', role: 'alertdialog', 'aria-label': text },
      h('p', null, text),
      op.button(op.t('confirm'), () => {
        done();
        run();
      }, { main: true, key: 'yes-' + key }),
      op.button(op.t('not_now'), done, { key: 'no-' + key })
    );
  };

  /** Make a table from heads `[text, class]` and rows of `tr`. */
  op.table = (heads, rows, name) => h(
    'div',
    { class: 'op-table-wrap', 'data-scroll': name },
    h(
      'table',
      { class: 'op-table' },
      h('thead', null, h('tr', null, heads.map(([text, kind]) =>
        h('th', { scope: 'col', class: kind || null }, text)))),
      h('tbody', null, rows)
    )
  );
})();
