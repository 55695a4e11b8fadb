/**
 * The card of a grid on the lists of gaps: why it is underserved by its evidence, what is near,
 * and the smallest change that helps, which is worked out after the card is there.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const NEAR = 3;

  const ask = (app, name, more) => LC.gaps.ask(app, name, { a: null, ...more });
  const minutes = (app, dm) => LC.minutesOf(dm, LC.metresPerMinute(app.view));
  const known = (value) => value !== null && value !== undefined;

  /** Give the entry of what would help; null where nothing is asked for. */
  function fixesOf(app, found) {
    const point = found && found.far ? found.far.demand : null;
    return known(point) ? ask(app, 'fixes', { i: point }) : null;
  }

  /** Name what the straight line crosses: a name where there is one, else its kind. */
  const crossedText = (list) =>
    LC.list(list.map((one) => one.name || LC.t('crossed_' + one.layer)));

  function bar(app, label, dm, found, isWalk) {
    const most = 2 * found.limit_dm;
    const share = (value) => ({ width: 100 * Math.min(1, value / most) + '%' });
    const reached = Math.min(dm, found.limit_dm);
    return LC.h(
      'div',
      { class: 'gapwhy-bar' },
      LC.h('span', null, label),
      LC.h(
        'span',
        { class: 'gapwhy-plot', 'aria-hidden': 'true' },
        LC.h('i', { class: isWalk ? 'is-reached' : 'is-line', style: share(reached) }),
        dm > reached
          ? LC.h('i', { class: isWalk ? 'is-missing' : 'is-line', style: share(dm - reached) })
          : null,
        LC.h('em')
      ),
      LC.h('b', null, LC.metres(dm) + ' ' + LC.t('unit_m'))
    );
  }

  /** Say the cause in one sentence, with the numbers that make it so. */
  function causeText(app, found) {
    const { far } = found;
    const way = known(far.walk_dm) ? far.walk_dm : far.line_dm;
    const params = {
      ...LC.wordsOf(app),
      line: LC.metres(far.line_dm),
      walk: LC.metres(far.walk_dm),
      over: known(way) ? LC.metres(way - found.limit_dm) : LC.NONE,
      times: known(far.detour) ? far.detour.toFixed(1) : LC.NONE,
      limit: LC.metres(found.limit_dm),
      name: (far.doubt && far.doubt.name) || '',
    };
    if (far.cause === 'doubtful') {
      return LC.t(far.doubt && !far.doubt.is_grid && far.doubt.name
        ? 'why_doubt_facility'
        : far.doubt ? 'why_doubt_grid' : 'why_doubt_off', params);
    }
    const isCut = far.cause === 'barrier';
    if (!known(way)) return LC.t(isCut ? 'why_no_way' : 'why_none_at_all', params);
    const said = LC.t('why_' + far.cause, params);
    const over = far.crossed.length && isCut
      ? LC.t('why_crosses', { what: crossedText(far.crossed) })
      : '';
    return said + over;
  }

  function farPart(app, found) {
    const { far } = found;
    return LC.h(
      'section',
      { class: 'gapwhy-part' },
      LC.h(
        'h3',
        null,
        LC.t('reason_title'),
        LC.h('span', { class: 'note' }, LC.t('why_limit', {
          m: found.minutes,
          limit: LC.metres(found.limit_dm),
        }))
      ),
      known(far.line_dm) ? bar(app, LC.t('mode_line'), far.line_dm, found, false) : null,
      known(far.walk_dm) ? bar(app, LC.t('why_walk'), far.walk_dm, found, true) : null,
      LC.h('p', { class: 'gapwhy-said' }, causeText(app, found)),
      LC.h('p', { class: 'note' }, LC.t('why_advice', { advice: LC.t('advice_' + far.cause) }))
    );
  }

  function shortPart(found) {
    const { short } = found;
    const isArea = short.cause === 'area';
    const params = isArea
      ? { n: LC.integer(short.floor_dm2 / 100), least: LC.integer(short.floor_min_dm2 / 100) }
      : { n: (short.access * 1000).toFixed(1), least: (short.wanted * 1000).toFixed(1) };
    return LC.h(
      'section',
      { class: 'gapwhy-part' },
      LC.h('h3', null, LC.t('why_short_title')),
      LC.h('p', { class: 'gapwhy-said' }, LC.t('why_' + short.cause, params)),
      LC.h('p', { class: 'note' }, LC.t('why_advice', { advice: LC.t('advice_' + short.cause) }))
    );
  }

  /** Say what is known of a facility that speaks against it. */
  function nearNotes(one, found) {
    const { short } = found;
    const isSmall = short && short.cause === 'area' && known(one.floor_area_dm2) &&
      one.floor_area_dm2 < short.floor_min_dm2;
    return [
      one.status && one.status !== 'open' ? LC.t('reason_status_' + one.status) : null,
      known(one.ratio) ? LC.t('why_ratio', { n: (one.ratio * 1000).toFixed(1) }) : null,
      isSmall
        ? LC.t('why_small', { n: LC.integer(one.floor_area_dm2 / 100) })
        : null,
    ].filter(Boolean);
  }

  function nearRow(app, one, found) {
    const dm = app.view.mode === 'line' ? one.line_dm : one.walk_dm;
    const notes = nearNotes(one, found);
    return LC.h(
      'tr',
      null,
      LC.h(
        'th',
        { scope: 'row' },
        one.name || one.id,
        notes.length ? LC.h('span', { class: 'note' }, notes.join(LC.t('why_and'))) : null
      ),
      LC.h('td', null, LC.metres(one.line_dm)),
      LC.h('td', null, LC.metres(one.walk_dm)),
      LC.h('td', null, LC.h('b', null, known(dm) ? minutes(app, dm) : LC.t('gaps_no_way')))
    );
  }

  function nearPart(app, found) {
    const rows = found.near.slice(0, NEAR);
    if (!rows.length) return null;
    const heads = ['why_near_line', 'why_near_walk', 'why_near_min'];
    return LC.h(
      'table',
      { class: 'table gapwhy-near' },
      LC.h(
        'thead',
        null,
        LC.h(
          'tr',
          null,
          LC.h('th', { scope: 'col' }, LC.t('reason_near', { n: rows.length })),
          heads.map((key) => LC.h('th', { scope: 'col' }, LC.t(key)))
        )
      ),
      LC.h('tbody', null, rows.map((one) => nearRow(app, one, found)))
    );
  }

  function fixRow(app, fix, k) {
    const isLink = fix.kind === 'link';
    const over = isLink && fix.over.length ? 'why_fix_over' : 'why_fix_' + fix.kind;
    const basis = app.view.basis === 'area' ? 'people' : app.view.basis;
    const text = LC.t(over, {
      length: isLink ? LC.integer(Math.max(1, fix.length_m)) : '',
      what: isLink ? crossedText(fix.over) : '',
    });
    return LC.h(
      'li',
      null,
      LC.h('i', { class: 'gapwhy-diamond', 'aria-hidden': 'true' }, LC.h('span', null, k + 1)),
      LC.h('span', null, text),
      LC.h('b', null, '+' + LC.amountCell(fix.gain, basis) + ' ' +
        LC.t(basis === 'households' ? 'unit_households' : 'unit_people'))
    );
  }

  function fixesPart(app, found) {
    if (!found.far) return null;
    const entry = fixesOf(app, found);
    const value = entry && entry.value;
    const isAll = app.view.category && app.view.category.code === 'all';
    const reason = entry ? value && value.reason : isAll ? 'all' : 'nobody';
    return LC.h(
      'section',
      { class: 'gapwhy-part', 'aria-live': 'polite' },
      LC.h('h3', null, LC.t('why_fix_title')),
      entry && entry.isFailed ? LC.waiting(entry) : null,
      entry && !value && !entry.isFailed
        ? LC.h('p', { class: 'note gapwhy-working', role: 'status' }, LC.t('why_fix_wait'))
        : null,
      value && value.fixes.length
        ? LC.h('ol', { class: 'gapwhy-fixes' }, value.fixes.map((fix, k) => fixRow(app, fix, k)))
        : null,
      reason ? LC.h('p', { class: 'note' }, LC.t('why_reason_' + reason, LC.wordsOf(app))) : null
    );
  }

  function chips(app, found) {
    const { grid, far, short } = found;
    const causes = [far, short].filter(Boolean).map((one) => one.cause);
    return LC.h(
      'div',
      { class: 'chips' },
      causes.map((cause) => LC.h('span', { class: 'chip chip-low' }, LC.t('cause_' + cause))),
      causes.length ? null : LC.h('span', { class: 'chip chip-near' }, LC.t('why_met')),
      LC.h('span', null, LC.t('why_covered', {
        share: LC.share(found.numerator, found.denominator),
        people: known(grid.people) ? LC.amountText(grid.people, 'people') : LC.NONE,
        grade: grid.reliability || LC.NONE,
      }))
    );
  }

  function card(app, found) {
    const entry = fixesOf(app, found);
    const path = (found.grid.path || []).map((one) => one.name);
    return LC.h(
      'div',
      { class: 'gapwhy' },
      LC.whyMap(found, entry && entry.value),
      LC.h(
        'div',
        { class: 'gapwhy-text' },
        LC.h('div', { class: 'detail-path' }, LC.h('span', null, path.join(' · ')), LC.closeCard()),
        LC.h('h2', { class: 'detail-name' }, found.grid.name || found.grid.grid_id),
        chips(app, found),
        found.far ? farPart(app, found) : null,
        found.short ? shortPart(found) : null,
        fixesPart(app, found),
        nearPart(app, found),
        LC.h('p', { class: 'note' }, found.route_reason
          ? LC.t('why_route_' + found.route_reason)
          : LC.t('why_lines'))
      )
    );
  }

  /** Give the button that closes the card of what is chosen; `left` is what else is let go. */
  LC.closeCard = (left) =>
    LC.h(
      'button',
      {
        type: 'button',
        class: 'link detail-close',
        'data-key': 'close',
        'aria-label': LC.t('close'),
        on: { click: () => LC.act({ ...left, s: null }) },
      },
      '×'
    );

  /** Give what the map draws of the chosen grid; null while it is on its way. */
  LC.gaps.ways = (app) => {
    if (!app.state.s) return null;
    const found = ask(app, 'why', { s: app.state.s }).value;
    const fixes = fixesOf(app, found);
    return found ? LC.waysOf(found, fixes && fixes.value) : null;
  };

  /** Beside a list: why the chosen grid is on it; else how evenly the area is served. */
  LC.gaps.detail = (app) => {
    if (!app.state.s) {
      return [LC.h('p', { class: 'empty' }, LC.t('gaps_hint')), LC.gaps.fairness(app)];
    }
    const entry = ask(app, 'why', { s: app.state.s });
    return entry.value ? card(app, entry.value) : LC.waiting(entry);
  };
})();
