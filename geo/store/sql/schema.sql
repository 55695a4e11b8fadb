-- The tables of a release. One statement a table; the grain stands above each.
-- Units: *_dm decimetres, *_cm centimetres, *_milli thousandths, *_dm2 square decimetres. Geometry is WGS 84, lon/lat.
-- Keys *_idx are dense, from 0, in the order of the natural key, so the same inputs give the same numbers.
-- Grids are ordered by district, street, community, grid id: every area owns one run [grid_lo, grid_hi) of grid_idx.
-- A missing amount is null, never 0.

-- one row: what this release is; everything here is content
create table release (
    city text not null,
    as_of text not null,                 -- YYYY-MM
    is_synthetic boolean not null,
    metric_crs text not null,
    scale_error double not null,         -- largest |scale - 1| over the extent
    has_network boolean not null,
    has_people boolean not null,
    demand_method text not null,         -- buildings | lattice | centre
    default_speed text not null,
    max_minutes utinyint not null,       -- walks are followed so long at the fastest speed
    snap_limit_m double not null,        -- farther from a street than this is off the network
    target_share double not null,
    standards text not null,             -- pack ids, comma separated
    map_approval text,
    security text,
    attribution text,
    schema_version integer not null,     -- geo.store.connect.SCHEMA_VERSION of the program that wrote the tables
    evening text not null,               -- windows of Monday to Friday that count as evening, as 19:00-21:00
    weekend text not null                -- windows of Saturday and Sunday that count as weekend
);

-- one row a named walking speed, the default first
create table speed (
    speed_idx utinyint not null,
    name text not null,
    numerator bigint not null,           -- metres per minute, exact
    denominator bigint not null
);

-- one row a file that was read
create table source (
    source_idx integer not null,
    path text not null,                  -- relative to city.toml
    kind text not null,                  -- grids | demand | facilities | network | basemap | communities
    sha256 text not null,
    bytes bigint not null,
    rows_in bigint not null,
    rows_loaded bigint not null,
    rows_fixed bigint not null,          -- loaded, but something in the row was changed
    rows_quarantined bigint not null,
    crs text not null,
    encoding text not null,
    note text
);

-- one row a fault found in the data
create table issue (
    issue_idx integer not null,
    code text not null,
    severity text not null,              -- blocking | warning | note
    source text not null,
    row bigint,                          -- row of the file as a person counts it, header included
    feature_id text,
    message text not null,
    action text not null,
    effect_grids integer,                -- grids whose answer depends on it; null = cannot be told
    affected bigint not null,            -- rows or things that this one line stands for
    lon double,                          -- where it is; null where it has no place
    lat double
);

-- one row a severity x code x file with faults, in order of rank: the largest effect first, null after
create table issue_group (
    group_idx integer not null,
    severity text not null,
    code text not null,
    source text not null,
    message text not null,               -- of the first
    action text not null,
    affected bigint not null,            -- rows or things
    rows bigint,                         -- different rows named; null where no row is
    rows_in bigint,                      -- rows of the file; null where no row is named
    effect_grids integer,                -- as in issue, for all of them together
    samples text not null                -- JSON: at most three of {row, feature_id, text, content, lon, lat}
);

-- one row a source row that did not enter the release
create table rejected (
    rejected_idx integer not null,
    source text not null,
    row bigint not null,
    reason text not null,                -- an issue code
    content text not null                -- the row as read, JSON
);

-- one row an invariant checked on this build
create table check_result (
    check_idx integer not null,
    name text not null,
    ok boolean not null,
    detail text not null
);

-- one row an area above the grids; city first, then districts, streets, communities, each in order of code
create table area (
    area_idx integer not null,
    code text not null,                  -- official code, else the path of names joined by /
    level text not null,                 -- city | district | street | community
    name text not null,
    parent_idx integer,                  -- null for the city
    grid_lo integer not null,
    grid_hi integer not null,
    people_milli bigint,                 -- sum over grids that know; null when none does
    households_milli bigint,
    elderly_milli bigint,
    children_milli bigint,
    area_dm2 bigint not null,
    lon double not null,                 -- a point inside, for the label
    lat double not null,
    geom geometry not null
);

-- one row a grid
create table grid (
    grid_idx integer not null,
    grid_id text not null,
    name text not null,
    community_idx integer,               -- area_idx; null where the data has no such level
    street_idx integer,
    district_idx integer,
    people_milli bigint,
    households_milli bigint,
    elderly_milli bigint,
    children_milli bigint,
    area_dm2 bigint not null,
    reliability text not null,           -- A | B | C
    lon double not null,                 -- a point inside
    lat double not null,
    geom geometry not null,
    urban_rural text,                    -- urban | rural, by the file's column or the class in a statistical code; else null
    grid_type text,                      -- as written; one type in a release, others are units
    level integer,                       -- 1 | 2 | 3 of the party hierarchy, where the file says
    parent_id text,                      -- grid_id or unit_id above it, as written
    party_org text,
    committee_idx integer,               -- unit_idx of the committee, which stands between community and grid
    workers integer,
    has_worker boolean,                  -- a worker is named; the name itself is not kept
    duty text
);

-- one row a facility category known to this release, plus 'all' (every mandatory one), in catalogue order; after
-- them one row a category x opening for which any facility's hours are known, code <base>@<opening>: asked for by
-- base and opening only, and no part of lists, of 'all' or of counts of categories
create table category (
    category_idx smallint not null,
    code text not null,
    zh text not null,
    en text not null,
    grp text not null,                   -- group code of the catalogue
    glyph text not null,
    level text not null,                 -- 15 | 10 | 5 | 0 | city | district | ''
    radius_m integer,                    -- the category's own service radius; null for 'all' and where none is set
    is_mandatory boolean not null,
    facilities integer not null,         -- open ones
    facilities_other integer not null,   -- closed, planned, doubtful: shown, never counted
    source_zh text,                      -- documents and clauses that level and radius come from; null for 'all'
    source_en text,
    confidence text,                     -- V | M-hi | M-med of the catalogue; own: changed by the city; null for 'all'
    base_idx smallint,                   -- of an opening: the category that it is a part of; null: is one itself
    opening text,                        -- evening | weekend: only facilities known to be open then; null: any hour
    facilities_unknown integer           -- of an opening: open ones of the base whose hours do not tell; null: is none
);

-- one row a facility
create table facility (
    facility_idx integer not null,
    facility_id text not null,           -- source id, or <category>:<id> where that is not unique
    category_idx smallint not null,
    name text not null,
    status text not null,                -- open | closed | planned | doubtful
    is_open boolean not null,
    capacity_milli bigint,
    floor_area_dm2 bigint,
    grid_idx integer,                    -- the grid it stands in; null outside all grids
    district_idx integer,
    source text not null,
    row bigint not null,
    lon double not null,                 -- first entrance
    lat double not null,
    attributes text not null,            -- JSON of the other declared columns
    hours text,                          -- as written
    is_open_evening boolean,             -- null: not known
    is_open_weekend boolean,
    uncounted text                       -- why it never covers: status | rented | not_shared; null: it counts
);

-- one row an entrance of a facility
create table entrance (
    entrance_idx integer not null,
    facility_idx integer not null,
    lon double not null,
    lat double not null
);

-- one row a demand point
create table demand (
    demand_idx integer not null,
    grid_idx integer not null,
    lon double not null,
    lat double not null,
    people_milli bigint,
    households_milli bigint,
    elderly_milli bigint,
    children_milli bigint
);

-- one row a street node (Hilbert order of its place)
create table node (
    node_idx integer not null,
    lon double not null,
    lat double not null
);

-- one row an undirected walkable street segment between two nodes, u < v
create table edge (
    edge_idx integer not null,
    u integer not null,
    v integer not null,
    length_cm integer not null,          -- >= the chord, rounded up
    name text,                           -- street name
    kind text not null,                  -- highway value, or 'line'
    is_stairs boolean not null,
    is_gate boolean not null
);

-- one row a demand point or entrance that lies on the network
create table snap (
    kind text not null,                  -- demand | entrance
    idx integer not null,                -- demand_idx or entrance_idx
    edge_idx integer not null,
    from_u_cm integer not null,          -- along the edge to u, rounded up
    from_v_cm integer not null,
    leg_cm integer not null              -- from the point to the edge, rounded up
);

-- one row a demand point x category (without 'all') with an open facility
create table reach (
    category_idx smallint not null,
    demand_idx integer not null,
    line_dm integer not null,
    line_facility_idx integer not null,
    walk_dm integer,                     -- null: see walk_code
    walk_facility_idx integer,
    walk_code utinyint not null          -- 0 reached, 252 beyond the limit, 253 off the network, 254 no path
);

-- one row a demand point x category whose answer is another one when only the own district's facilities count
create table reach_own (
    category_idx smallint not null,
    demand_idx integer not null,
    line_dm integer,                     -- null: the district has no open facility
    line_facility_idx integer,
    walk_dm integer,
    walk_facility_idx integer,
    walk_code utinyint not null
);

-- one row a grid x category x mode: how far the grid is
create table nearest (
    category_idx smallint not null,
    mode utinyint not null,              -- 0 line, 1 walk
    grid_idx integer not null,
    nearest_dm integer,                  -- lower weighted median over the demand points; null: see code
    nearest_facility_idx integer,
    code utinyint not null               -- 0, 252, 253, 254, or 255 where the category has no open facility
);

-- one row a grid x category x mode whose nearest is another one when only the own district's facilities count
create table nearest_own (
    category_idx smallint not null,
    mode utinyint not null,
    grid_idx integer not null,
    nearest_dm integer,
    nearest_facility_idx integer,
    code utinyint not null
);

-- one row a speed x category x mode x grid x minute in which something is newly reached (increments, not totals)
create table profile (
    speed_idx utinyint not null,
    category_idx smallint not null,
    mode utinyint not null,
    grid_idx integer not null,
    minute utinyint not null,
    people bigint not null,              -- milli; 0 where the grid's amount is unknown
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null                 -- dm2
);

-- one row a speed x category x mode x grid x minute: what to add to profile so that only the own district counts;
-- at most 0 in sum over the minutes up to any minute
create table profile_own (
    speed_idx utinyint not null,
    category_idx smallint not null,
    mode utinyint not null,
    grid_idx integer not null,
    minute utinyint not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- one row a category x mode x grid reached within the category's own radius (totals); of 'all', within the own
-- radius of every mandatory category the city has any facility of
create table profile_standard (
    category_idx smallint not null,
    mode utinyint not null,
    grid_idx integer not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- the same sums for areas; grain as profile with area_idx
create table area_profile (
    speed_idx utinyint not null,
    category_idx smallint not null,
    mode utinyint not null,
    area_idx integer not null,
    minute utinyint not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- the same sums of profile_own
create table area_profile_own (
    speed_idx utinyint not null,
    category_idx smallint not null,
    mode utinyint not null,
    area_idx integer not null,
    minute utinyint not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- one row a grid that meets the target at 15 minutes (default speed, people) only with a neighbour's facility
create table edge_flip (
    category_idx smallint not null,
    mode utinyint not null,
    grid_idx integer not null,
    people_milli bigint not null,
    covered_milli bigint not null,       -- with neighbours
    covered_own_milli bigint not null
);

-- one row a category x mode x area, totals within the own radius
create table area_standard (
    category_idx smallint not null,
    mode utinyint not null,
    area_idx integer not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- one row a grid x category x mode x rank (1..5): the next facilities from the grid's inner point
create table near (
    category_idx smallint not null,
    mode utinyint not null,
    grid_idx integer not null,
    rank utinyint not null,
    facility_idx integer not null,
    distance_dm integer not null
);

-- one row a month x area (city, district, street) x category x mode x minute, increments at the default speed
create table history (
    month text not null,
    area_code text not null,
    category text not null,
    mode utinyint not null,
    minute utinyint not null,
    people bigint not null,
    households bigint not null,
    elderly bigint not null,
    children bigint not null,
    area bigint not null
);

-- one row a month x area: the denominators of history, and how many grids met the target at 15 minutes
create table history_total (
    month text not null,
    area_code text not null,
    name text not null,
    people_milli bigint,
    households_milli bigint,
    elderly_milli bigint,
    children_milli bigint,
    area_dm2 bigint not null,
    method text not null                 -- what the numbers depend on: demand method, default speed, network; a change breaks the line
);

-- one row a month x area x category x mode x minute (5, 10, 15, 20, 30): grids at or above the target, by people
create table history_target (
    month text not null,
    area_code text not null,
    category text not null,
    mode utinyint not null,
    minute utinyint not null,
    on_target integer not null,
    with_people integer not null
);

-- one row a shape of the city's own base map
create table basemap (
    basemap_idx integer not null,
    layer text not null,                 -- water | green | buildings | roads | railways
    name text,
    kind text not null,                  -- roads: major | minor | path, and bridge where it crosses water: major_bridge ...
    geom geometry not null
);

-- one row a stretch of boundary, drawn once, at the highest level it bounds
create table boundary (
    boundary_idx integer not null,
    level text not null,                 -- city | district | street | community
    geom geometry not null
);

-- one row: when and by whom; not part of the content hash
create table release_stamp (
    number integer not null,
    content text not null,
    built_at text not null,              -- ISO 8601, UTC
    reason text,
    seconds double not null
);
