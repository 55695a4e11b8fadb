/**
 * The card of a chosen grid: how it stands, why, how far each kind of facility is, and its parents
 * for comparison.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const DETOUR_BARRIER = 1.6;
  const FLIP_MINUTES = 15;
  const REASONS_NUMERIC = [252, 253, 254, 255];

  function classOf(sums) {
    if (sums.whole === null) return 6;
    if (sums.whole === 0) return 5;
    if (sums.covered <= 0) return 0;
    if (sums.covered >= sums.whole) return 4;
    if (sums.covered * 2 < sums.whole) return 1;
    return sums.covered * 10 < sums.whole * 9 ? 2 : 3;
  }

  const CODE_OF_CLASS = [0, 1, 101, 201, 254, 253, 255];

  function chips(app, sums) {
    const { place } = app;
    const group = classOf(sums);
    place.code_now = CODE_OF_CLASS[group];
    const share = sums.permille === null ? '' : ' ' + LC.share(sums.covered, sums.whole);
    return LC.h(
      'div',
      { class: 'chips' },
      LC.h(
        'span',
        { class: 'chip chip-' + LC.CLASSES[group] },
        LC.t('class_' + LC.CLASSES[group]) + share
      ),
      place.detour && place.detour >= DETOUR_BARRIER
        ? LC.h('span', { class: 'chip chip-near-target' }, LC.t('chip_detour'))
        : null,
      // What is known of neighbours holds at 15 minutes.
      place.flips && app.minutes === FLIP_MINUTES
        ? LC.h('span', { class: 'chip chip-near-target' }, LC.t('chip_flips'))
        : null,
      place.reliability
        ? LC.h(
          'span',
          { class: 'chip chip-plain' },
          LC.t('chip_reliability', { grade: place.reliability })
        )
        : null
    );
  }

  const figure = (label, value, unit) =>
    LC.h(
      'div',
      { class: 'figure' },
      LC.h('div', { class: 'figure-label' }, label),
      LC.h('div', { class: 'figure-value' }, value, unit ? LC.h('small', null, ' ' + unit) : null)
    );

  function minutesNow(app) {
    const { place, view } = app;
    const dm = view.mode === 'walk' ? place.walk_dm : place.line_dm;
    return {
      dm,
      minutes: dm === null || dm === undefined ? null : dm / 10 / LC.metresPerMinute(view),
    };
  }

  function figures(app, sums) {
    const { place, view } = app;
    const words = LC.wordsOf(app);
    const { dm, minutes } = minutesNow(app);
    const beyond = minutes !== null && minutes > app.minutes
      ? LC.t('over_by', { n: (minutes - app.minutes).toFixed(1) })
      : '';
    const code = REASONS_NUMERIC.includes(place.code)
      ? LC.t('minutes_code_' + place.code)
      : LC.NONE;
    const people = place.people === null || place.people === undefined
      ? ''
      : LC.t('of_people', { n: LC.amountText(place.people, 'people') });
    return LC.h(
      'div',
      { class: 'figures' },
      figure(
        words.gap,
        LC.amountCell(sums.gap, view.basis),
        (view.basis === 'area' ? LC.t('unit_km2') + ' ' : '') + people
      ),
      figure(
        LC.t('nearest_of', words),
        minutes === null ? code : LC.minutesOf(dm, LC.metresPerMinute(view)),
        minutes === null ? '' : LC.t('minutes_word') + beyond
      ),
      figure(
        LC.t('walk_and_line'),
        LC.metres(place.walk_dm),
        '/ ' + LC.metres(place.line_dm) + ' ' + LC.t('unit_m')
      ),
      figure(LC.t('detour'), place.detour ? place.detour.toFixed(1) : LC.NONE, LC.t('detour_note'))
    );
  }

  function reason(app) {
    const { place } = app;
    const nearest = place.nearest && place.nearest.name;
    if (!nearest) return LC.h('p', { class: 'reason' }, LC.t('reason_none', LC.wordsOf(app)));
    const params = {
      name: '\u0001' + nearest + '\u0001',
      line: LC.metres(place.line_dm),
      walk: LC.metres(place.walk_dm),
    };
    let key = 'reason_line';
    if (place.walk_dm !== null && place.walk_dm !== undefined) {
      key = place.detour >= DETOUR_BARRIER ? 'reason_detour' : 'reason_walk';
    } else if (place.code === 253 || place.code === 254) key = 'reason_code_' + place.code;
    const parts = LC.t(key, params).split('\u0001');
    return LC.h(
      'p',
      { class: 'reason' },
      parts.map((part, k) => (k % 2 ? LC.h('b', null, part) : part)),
      LC.h('br'),
      LC.h('span', { class: 'note' }, LC.facilityHours(place.nearest))
    );
  }

  const STRIP_LAST = 30;
  const FARTHEST = Number.MAX_SAFE_INTEGER;

  function stripRow(app, one, speed) {
    const minutes = one.dm === null || one.dm === undefined ? null : one.dm / 10 / speed;
    const city = one.city_dm === null || one.city_dm === undefined
      ? null
      : one.city_dm / 10 / speed;
    const isReached = minutes !== null && minutes <= app.minutes;
    const isChosen = app.view.category && one.code === app.view.category.code;
    const left = (value) => ({ left: (100 * Math.min(STRIP_LAST, value)) / STRIP_LAST + '%' });
    return LC.h(
      'div',
      { class: isChosen ? 'strip-row is-on' : 'strip-row' },
      LC.h('span', { class: 'cat-name' }, LC.nameOf(one)),
      LC.h(
        'span',
        { class: 'strip-plot', 'aria-hidden': 'true' },
        LC.h(
          'i',
          {
            class: 'strip-band',
            style: { width: (100 * Math.min(STRIP_LAST, app.minutes)) / STRIP_LAST + '%' },
          }
        ),
        city === null ? null : LC.h('i', { class: 'strip-city', style: left(city) }),
        minutes === null
          ? null
          : LC.h('i', { class: isReached ? 'rank-dot is-met' : 'rank-dot', style: left(minutes) })
      ),
      LC.h(
        'span',
        { class: isReached ? 'strip-value' : 'strip-value is-missing' },
        minutes === null ? LC.t('minutes_short_' + (one.codeval || 252)) : minutes.toFixed(1)
      )
    );
  }

  const FEW = 10;
  let isWhole = false;

  function moreButton(n) {
    const turn = () => {
      isWhole = !isWhole;
      LC.redraw('detail');
    };
    return LC.h(
      'button',
      { type: 'button', class: 'link more', 'data-key': 'strip-more', on: { click: turn } },
      LC.t(isWhole ? 'layers_less' : 'layers_more', { n })
    );
  }

  /** A row for each category that the city has, farthest first; unreachable is farthest of all. */
  function strip(app) {
    const speed = LC.metresPerMinute(app.view);
    const far = (one) => (one.dm === null || one.dm === undefined ? FARTHEST : one.dm);
    const all = (app.place.minutes || []).slice().sort((a, b) => far(b) - far(a) );
    if (!all.length) return null;
    const isChosen = (one) => app.view.category && one.code === app.view.category.code;
    const rows = isWhole ? all : all.filter((one, k) => k < FEW || isChosen(one));
    return LC.h(
      'section',
      null,
      LC.h('h3', null, LC.t('strip_title')),
      LC.h('div', { class: 'note' }, LC.t('strip_note', { m: app.minutes })),
      LC.h('div', { class: 'note' }, LC.anyHourNote(app.view)),
      LC.h('div', { class: 'strip-rows' }, rows.map((one) => stripRow(app, one, speed))),
      all.length > FEW ? moreButton(all.length - rows.length) : null
    );
  }

  function compareRow(app, name, thing) {
    const sums = LC.sums(thing, app.minutes);
    return LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row' }, name),
      LC.h('td', null, LC.h('b', null, LC.share(sums.covered, sums.whole))),
      LC.h('td', null, LC.amountCell(sums.gap, app.view.basis)),
      LC.h(
        'td',
        null,
        thing.on_target
          ? LC.integer(thing.on_target[app.minutes]) + ' / ' + LC.integer(thing.with_people)
          : LC.NONE
      )
    );
  }

  function compare(app) {
    const words = LC.wordsOf(app);
    const rows = [compareRow(app, LC.t('this_grid'), app.place)].concat(
      (app.place.parents || []).map((one) => compareRow(app, one.name, one))
    );
    const heads = [LC.t('share_word'), words.gap, LC.t('kpi_grids')];
    return LC.h(
      'section',
      null,
      LC.h('h3', null, LC.t('compare_title')),
      LC.h(
        'table',
        { class: 'table' },
        LC.h(
          'thead',
          null,
          LC.h('tr', null, LC.h('td'), heads.map((text) => LC.h('th', { scope: 'col' }, text)))
        ),
        LC.h('tbody', null, rows)
      )
    );
  }

  /** The areas that hold the grid, from the city down; the server names those below the city. */
  function pathOf(app) {
    const path = app.place.path || [];
    const [top] = app.view.area.path;
    return top && path.every((one) => one.code !== top.code) ? [top, ...path] : path;
  }

  function card(app) {
    const { place } = app;
    const sums = LC.sums(place, app.minutes);
    const close = LC.h(
      'button',
      {
        type: 'button',
        class: 'link detail-close',
        'data-key': 'close',
        'aria-label': LC.t('close'),
        on: { click: () => LC.act({ s: null }) },
      },
      '×'
    );
    return [
      LC.h('div', { class: 'detail-path' }, LC.crumbs(pathOf(app), null), close),
      LC.h('h2', { class: 'detail-name' }, place.name || place.grid_id),
      chips(app, sums),
      LC.unitCard(app),
      figures(app, sums),
      LC.indicatorOf(app) ? [LC.placeIndicators(app), LC.taskList(app)] : null,
      reason(app),
      strip(app),
      compare(app),
      LC.charge(app.place),
      LC.indicatorOf(app) ? null : [LC.placeIndicators(app), LC.taskList(app)],
    ];
  }

  LC.views.push({
    id: 'detail',
    needs: ['view', 'minutes', 'place', 'layers', 'lists', 'page'],
    draw(container, app) {
      const sheet = container.closest('.detail-panel') || container;
      const own = LC.workPage(app);
      sheet.classList.toggle('is-open', Boolean(app.place));
      if (own) LC.replace(container, own.detail(app));
      else if (app.place) LC.replace(container, card(app));
      else {
        LC.replace(
          container,
          LC.areaCard(app),
          LC.h('p', { class: 'empty' }, LC.t('detail_hint'))
        );
      }
    },
  });
})();
