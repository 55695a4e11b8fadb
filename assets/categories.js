/**
 * Every category's share against the target, lowest first; the chosen one is blue. A click chooses.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];

  const isChosen = (app, category) => Boolean(app.view.category) &&
    category.code === app.view.category.code;

  /** A category that nobody registered a place of is not a share of 0: it is named apart, below. */
  function rowsOf(app) {
    return (app.view.categories || [])
      .filter(
        (category) => category.facilities || category.code === 'all' || isChosen(app, category)
      )
      .map((category) => ({ category, sums: LC.sums(category, app.minutes) }))
      .filter((row) => row.sums.permille !== null)
      .sort((a, b) => a.sums.covered * b.sums.whole - b.sums.covered * a.sums.whole);
  }

  function rowOf(app, row, target) {
    const isOn = isChosen(app, row.category);
    return LC.h(
      'button',
      {
        type: 'button',
        class: isOn ? 'cat-row is-on' : 'cat-row',
        'data-key': 'cat-' + row.category.code,
        'aria-pressed': String(isOn),
        title: LC.nameOf(row.category),
        on: { click: () => LC.act({ c: row.category.code }) },
      },
      LC.h('span', { class: 'cat-name' }, LC.nameOf(row.category)),
      LC.targetBar(row.sums.permille, target, isOn ? 'reached' : 'other'),
      LC.h('span', { class: 'cat-share' }, LC.share(row.sums.covered, row.sums.whole))
    );
  }

  const PHONE_PX = 600;
  const FEW = 6;
  let shown = null;
  let isOpen = false;

  /** On a phone: the lowest few and the chosen one; the rest on demand. */
  const shortened = (app, rows) =>
    rows.filter((row, k) => k < FEW || isChosen(app, row.category));

  function moreButton(n) {
    const open = () => {
      isOpen = true;
      LC.redraw('categories');
    };
    return LC.h(
      'button',
      { type: 'button', class: 'link more', 'data-key': 'cat-more', on: { click: open } },
      LC.t('layers_more', { n })
    );
  }

  LC.views.push({
    id: 'categories',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const words = LC.wordsOf(app);
      const rows = rowsOf(app);
      const target = Math.round(app.view.target * 1000);
      const empty = (app.view.categories || []).filter(
        (one) => !one.facilities && one.code !== 'all'
      ).length;
      const old = container.querySelector('.cat-rows');
      const top = old ? old.scrollTop : null;
      const short = window.innerWidth < PHONE_PX && !isOpen ? shortened(app, rows) : rows;
      const list = LC.h('div', { class: 'cat-rows' }, short.map((row) => rowOf(app, row, target)));
      LC.replace(
        container,
        LC.h(
          'header',
          { class: 'card-head' },
          LC.h('h2', null, LC.t('cat_title')),
          LC.h(
            'span',
            { class: 'note head-right' },
            LC.anyHourNote(app.view) || LC.t('kpi_share', words)
          )
        ),
        rows.length ? list : LC.h('p', { class: 'empty' }, LC.t('kpi_unknown')),
        short.length < rows.length ? moreButton(rows.length - short.length) : null,
        empty ? LC.h('div', { class: 'note' }, LC.t('cat_empty', { n: empty })) : null
      );
      const chosen = list.querySelector('.is-on');
      if (top !== null && shown === app.view.category) list.scrollTop = top;
      else if (chosen) {
        // To the top of a row: half a row under the head looks like a fault of drawing.
        const middle = chosen.offsetTop - list.clientHeight / 2;
        const first = Array.from(list.children).find((node) => node.offsetTop >= middle);
        list.scrollTop = first && middle > 0 ? first.offsetTop : 0;
      }
      shown = app.view.category;
    },
  });
})();
