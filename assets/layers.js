/**
 * What the map of the coverage page shows: its colour, its unit, whose facilities.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const SHOWN = 7;
  let isOpen = false;

  function choice(group, value, text, isOn, pick) {
    return LC.h(
      'label',
      { class: 'choice' },
      LC.h('input', {
        type: 'radio',
        name: group,
        value,
        checked: isOn,
        'data-key': group + value,
        on: { change: () => pick(value) },
      }),
      LC.h('span', null, text)
    );
  }

  function colours(app) {
    const other = app.state.k === 'min' ? 'min' : 'gap';
    const now = LC.indicatorOf(app) ? 'ind' : other;
    const pick = (value) => LC.act({ k: value === 'gap' ? null : value, i: null });
    const own = ['gap', 'min'].map(
      (value) => choice('map-colour', value, LC.t('colour_' + value), now === value, pick)
    );
    return [own, LC.indicatorChoices(app, choice)];
  }

  function units(app) {
    const kinds = LC.kindsFor(app.view, LC.indicatorOf(app));
    const offered = [...LC.levelsOf(app.view), ...kinds];
    if (offered.length < 2) return null;
    const options = [['', LC.t('unit_auto')]].concat(
      offered.map((unit) => [unit, LC.t('unit_' + unit)])
    );
    const select = LC.h(
      'select',
      {
        class: 'select',
        'data-key': 'unit-select',
        'aria-label': LC.t('unit_label'),
        on: { change: (event) => LC.act({ u: event.currentTarget.value || null }) },
      },
      options.map(
        ([value, text]) => LC.h('option', { value, selected: (app.state.u || '') === value }, text)
      )
    );
    return [LC.h('h3', null, LC.t('unit_label')), select];
  }

  function toggle(app, code) {
    const now = new Set((app.state.l || '').split(',').filter(Boolean));
    if (!now.delete(code)) now.add(code);
    LC.act({ l: Array.from(now).join(',') || null });
  }

  function facility(app, category) {
    const isChosen = app.view.category && category.code === app.view.category.code;
    const isOn = isChosen || (app.state.l || '').split(',').includes(category.code);
    return LC.h(
      'label',
      { class: 'choice choice-facility' },
      LC.h('input', {
        type: 'checkbox',
        checked: isOn,
        disabled: isChosen,
        'data-key': 'layer-' + category.code,
        on: { change: () => toggle(app, category.code) },
      }),
      LC.h('span', { class: 'glyph', 'aria-hidden': 'true' }, category.glyph),
      LC.h('span', { class: 'choice-name' }, LC.nameOf(category)),
      LC.h('span', { class: 'choice-count' }, LC.integer(category.facilities))
    );
  }

  function facilities(app) {
    const all = (app.view.categories || []).filter((one) => one.code !== 'all' && one.facilities);
    const isOn = (one) => (app.view.category && one.code === app.view.category.code) ||
      (app.state.l || '').split(',').includes(one.code);
    const order = all.filter(isOn).concat(all.filter((one) => !isOn(one)));
    const rest = order.length - SHOWN;
    const more = LC.h(
      'button',
      {
        type: 'button',
        class: 'link',
        'data-key': 'layers-more',
        on: {
          click: () => {
            isOpen = !isOpen;
            LC.redraw('layers');
          },
        },
      },
      LC.t(isOpen ? 'layers_less' : 'layers_more', { n: rest })
    );
    return [
      (isOpen ? order : order.slice(0, SHOWN)).map((one) => facility(app, one)),
      rest > 0 ? more : null,
    ];
  }

  /** Whose facilities count: a switch where there is more than one district. */
  function neighbours(app) {
    if (!app.view.has_districts) return null;
    const counts = app.view.neighbours !== 'own';
    return LC.h(
      'label',
      { class: 'choice', title: LC.t('neighbours_why') },
      LC.h('input', {
        type: 'checkbox',
        checked: counts,
        'data-key': 'neighbours',
        on: { change: () => LC.act({ n: counts ? 'own' : null }) },
      }),
      LC.h('span', null, LC.t('neighbours_count'))
    );
  }

  LC.views.push({
    id: 'layers',
    needs: ['view', 'layers'],
    draw(container, app) {
      LC.replace(
        container,
        LC.h('h2', null, LC.t('layers_title')),
        LC.h('h3', null, LC.t('layers_colour')),
        colours(app),
        units(app),
        LC.h('h3', null, LC.t('layers_facilities')),
        neighbours(app),
        facilities(app)
      );
    },
  });
})();
