-- The tables of a release that come from the ledgers of communities and the packs of rules.

-- one row a community that a ledger speaks of, or that has people; amounts null where no ledger gives them
create table community (
    area_idx integer not null,
    households double,
    people double,
    elderly double,
    households_registered double,
    people_registered double,
    station_m2 double,
    service_centre_m2 double,
    premises_m2 double,
    office_m2 double,
    usable_m2 double,
    total_m2 double,                     -- courtyards and all; never a floor area
    activity_m2 double,
    staff double,
    regular double,
    contract double,
    labour_staff double,
    certified_sw double,
    legal_advisers double,
    college_staff double,
    party_staff double,
    mean_age double,
    trained_staff double,
    police_officers double,
    patrol_members double,
    grid_workers double,
    lease_years double,
    boards double,
    signs double,
    hall_floor double,
    centre_year double,                  -- in which the service centre was built
    fund_yuan double,
    development_fund_yuan double,
    admin_tasks double,
    tasks double,
    satisfaction double,                 -- 0..1
    area_km2 double,
    has_title boolean,
    use_changed boolean,
    merge_exempt boolean,
    independent_entrance boolean,
    parking boolean,
    community_mark boolean,
    is_resettlement boolean,
    one_stop boolean,
    fire_station boolean,
    one_post_both boolean,
    has_demolition boolean,
    acceptance_passed boolean,
    centre_built boolean,
    property_managed boolean,
    gated boolean,
    stage text,                          -- built | under_construction | planned | old_town
    urban_rural text,                    -- urban | rural
    tenure text,                         -- owned | rented | shared | none
    build_type text,                     -- new | renovated
    acquire_mode text,                   -- new | extend | buy | rent | development | share
    body text,                           -- residents | village
    honour_level text,                   -- national | province | city | none
    acceptance_date text,                -- YYYY-MM-DD
    handover_date text,
    exempt_reason text,                  -- as written
    honours text,
    rooms text,                          -- as written
    equipment text,
    attributes text not null,            -- JSON of the other columns
    source text not null,                -- the files, comma separated
    row bigint not null                  -- of the first file
);

-- one row a component that a document may ask for
create table component (
    code text not null,
    class text not null,                 -- room | station | hall | place | column | school | outdoor | zone | function | equipment
    zh text not null,
    en text not null,
    category text                        -- of facilities, where the same may stand on the map
);

-- one row a part of a community's list of rooms or equipment
create table community_component (
    area_idx integer not null,
    kind text not null,                  -- rooms | equipment
    ordinal integer not null,
    component text,                      -- null: not in the dictionary
    written text not null,
    shared_group integer not null,       -- functions of one number share one room: its area counts once
    area_m2 double
);

-- one row a pack of rules known to this release
create table rule_pack (
    pack_idx integer not null,
    pack text not null,
    zh text not null,
    en text not null,
    document text not null,
    version text not null,
    effective_from text not null,
    effective_to text,
    confidence text not null,            -- V | M-hi | M-med
    is_applied boolean not null          -- named by the city, and the version that its month falls into
);

-- one row a number of a pack that a city may change
create table rule_param (
    pack_idx integer not null,
    name text not null,
    zh text not null,
    en text not null,
    value double,                        -- null: the copy of the document masks it, and the city gives none
    unit text not null,
    is_inferred boolean not null,
    is_own boolean not null              -- the city's own number
);

-- one row a rule of a pack, in the order of the pack
create table rule (
    rule_idx integer not null,
    pack_idx integer not null,
    pack text not null,
    rule text not null,
    zh text not null,                    -- the demand, in our own words
    en text not null,
    clause text not null,                -- where the document says it
    level text not null,                 -- grid | community | street | district | city | facility | estate
    category text,                       -- of facilities, for a rule on them
    applies text,                        -- condition, in the language of geo.formula; null: everywhere
    formula text not null,               -- value, in the language of geo.formula
    demand text not null,                -- as formulas, ">= ..."
    unit text not null,
    severity text not null,              -- must | advice | reference
    confidence text not null,
    inputs text not null,                -- names that the formulas use, comma separated
    components text,                     -- codes that the rule lists, comma separated
    note_zh text not null,
    note_en text not null
);

-- one row a rule of an applied pack x place it applies to
create table verdict (
    rule_idx integer not null,
    place_idx integer not null,          -- grid_idx, area_idx, facility_idx or unit_idx, by the level of the rule
    verdict text not null,               -- pass | fail | borderline | not_assessable
    value double,
    threshold double,
    gap double,                          -- > 0: what is missing or too much; null where nothing is
    clause text not null,                -- the binding one
    reason text not null,                -- '' | within_tolerance | sources_differ | input_missing | threshold_missing | exempt | reference
    missing text not null,               -- inputs that are not known, or listed components that are not there
    numerator double,                    -- of a share: what meets it for certain,
    unknown double,                      -- what nobody can tell,
    exempt double,                       -- what is counted apart,
    denominator double                   -- and of how much
);

-- one row a place x input of a rule that applies there, where it is known
create table verdict_input (
    level text not null,
    place_idx integer not null,
    name text not null,
    value double,                        -- null for text
    word text,
    origin text not null                 -- ledger | estate | map | reach | pack
);

-- one row an applied rule x area above its places, with the counts of verdicts
create table verdict_count (
    rule_idx integer not null,
    area_idx integer not null,
    passed integer not null,
    failed integer not null,
    borderline integer not null,
    not_assessable integer not null,     -- exempt ones and mere references left out
    exempt integer not null,
    not_applicable integer not null,     -- places of the level that the rule does not apply to
    gap double                           -- sum of the gaps that are known; null where none is, and for shares
);

-- one row a small urban community x neighbour that it could join, the best three first
create table merge_suggestion (
    area_idx integer not null,
    rank integer not null,
    partners text not null,              -- code of the neighbour to join
    households double not null,          -- of both together
    apart double not null                -- households from the size that is asked for
);

-- one row a missed rule on floor area x place x unit cost: what closing the gap would cost by the unit costs of the documents
create table gap_cost (
    rule_idx integer not null,
    place_idx integer not null,
    gap_m2 double not null,
    source text not null,                -- pack that gives the unit cost
    yuan_per_m2 double not null,
    year integer,                        -- of the prices, null where not given; no inflation is added
    yuan double not null
);
