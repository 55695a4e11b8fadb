/**
 * What the pages that are worked with have in common: tabs, chips, the foot of a list, and where
 * each page says its own sentence, head of the map and detail.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];

  /**
   * Pages of lists by name: `{tabs: [[key, word]], sentence(app), mapHead(app), detail(app),
   * head(app), draw(container, app)}`; `head` and `detail` give nodes. Where there are: `first`,
   * the tab without a key; `card(app, key)`, what stands on a tab; `map(app)`, what the map shows;
   * `step(app, by)`, the next row.
   */
  LC.work = LC.work || {};

  /** Give the page of lists that is shown, or null. */
  LC.workPage = (app) => LC.work[app.state.p] || null;

  /** Give the tab that is open: the one in the state, else the first. */
  LC.tabOf = (app) => {
    const tabs = LC.workPage(app).tabs.map(([key]) => key);
    const { first } = LC.workPage(app);
    if (tabs.includes(app.state.tab)) return app.state.tab;
    return first ? first(app) : tabs[0];
  };

  /** Make a chip that can be on, with a count. */
  LC.workChip = (key, text, count, isOn, press) =>
    LC.h(
      'button',
      {
        type: 'button',
        class: isOn ? 'work-chip is-on' : 'work-chip',
        'data-key': key,
        'aria-pressed': String(isOn),
        on: { click: press },
      },
      text,
      count === null ? null : LC.h('b', null, LC.integer(count))
    );

  /** Say that something is on its way, or that it did not come. */
  LC.waiting = (entry) =>
    LC.h(
      'p',
      { class: 'empty', role: 'status' },
      LC.t(entry.isFailed ? 'std_failed' : 'std_waiting'),
      entry.isFailed
        ? LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'again',
            on: {
              click: () => {
                LC.forgetFailures();
                LC.redraw('work');
              },
            },
          },
          ' ' + LC.t('std_retry')
        )
        : null
    );

  function button(key, text, isOff, press) {
    return LC.h(
      'button',
      { type: 'button', class: 'work-button', 'data-key': key, disabled: isOff,
        on: { click: press } },
      text
    );
  }

  function sizeBox(given) {
    return LC.h(
      'label',
      { class: 'work-size' },
      LC.t('std_page_size'),
      LC.h(
        'select',
        {
          class: 'select',
          'data-key': 'page-size',
          on: { change: (event) => given.resize(Number(event.currentTarget.value)) },
        },
        given.sizes.map((size) =>
          LC.h('option', { value: size, selected: size === given.size }, String(size)))
      )
    );
  }

  function fileLinks(given) {
    return ['csv', 'xlsx'].map((format) =>
      LC.h(
        'a',
        {
          class: 'work-button',
          href: given.files.replace('{format}', format),
          download: '',
          'data-key': 'file-' + format,
          title: LC.t('std_download_title', { unit: given.unit, format: format.toUpperCase() }),
        },
        LC.t('std_download') + ' ' + format.toUpperCase()
      ));
  }

  /**
   * Give the foot of a list: which rows, back and on, rows a page, files.
   * @param {Object} given `at, size, sizes, total, unit, turn(by), resize(size), files` (an address
   * with `{format}`), `rows` (the text that counts them, where it is another).
   */
  LC.workFoot = (given) => {
    const from = given.at * given.size;
    const to = Math.min(given.total, from + given.size);
    return [
      LC.h(
        'span',
        { class: 'note', role: 'status' },
        LC.t(given.rows || 'std_rows', {
          from: LC.integer(given.total ? from + 1 : 0),
          to: LC.integer(to),
          total: LC.integer(given.total),
          unit: given.unit,
        })
      ),
      button('page-back', LC.t('std_back'), given.at === 0, () => given.turn(-1)),
      button('page-on', LC.t('std_on'), to >= given.total, () => given.turn(1)),
      sizeBox(given),
      LC.h('span', { class: 'work-files' }, fileLinks(given)),
    ];
  };

  function tabList(app) {
    const own = LC.workPage(app);
    const now = LC.tabOf(app);
    return LC.h(
      'div',
      { class: 'work-tabs', role: 'tablist', 'aria-label': LC.t(own.label) },
      own.tabs.map(([key, word]) =>
        LC.h(
          'button',
          {
            type: 'button',
            role: 'tab',
            class: 'work-tab',
            'aria-selected': String(key === now),
            'aria-controls': 'work',
            tabindex: key === now ? 0 : -1,
            'data-key': 'tab-' + key,
            on: {
              click: () => openTab(own, key),
              keydown: (event) => stepTab(event, own.tabs.map(([each]) => each), key),
            },
          },
          (own.card && own.card(app, key)) || LC.t(word)
        ))
    );
  }

  /** Open a tab; what was filtered for in another means nothing in it. */
  function openTab(own, key) {
    const isFirst = key === own.tabs[0][0];
    const left = { f: null, o: null, q: null };
    if (isFirst) LC.act({ ...left, tab: null, tk: null, w: null, src: null });
    else LC.act({ ...left, tab: key });
  }

  function stepTab(event, tabs, key) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(key) + by + tabs.length) % tabs.length];
    const node = document.querySelector('[data-key="tab-' + next + '"]');
    node.focus();
    node.click();
  }

  LC.views.push({
    id: 'work-head',
    needs: ['view', 'work', 'layers', 'lists'],
    draw(container, app) {
      const own = LC.workPage(app);
      if (!own) return;
      LC.put(LC.byId('main'), 'data-tab', LC.tabOf(app));
      LC.put(document.documentElement, 'data-tab', LC.tabOf(app));
      LC.replace(container, tabList(app), own.head(app));
    },
  });

  LC.views.push({
    id: 'work',
    needs: ['view', 'work', 'layers', 'place', 'lists'],
    draw(container, app) {
      const own = LC.workPage(app);
      if (!own) return;
      container.setAttribute('role', 'tabpanel');
      own.draw(container, app);
    },
  });
})();
