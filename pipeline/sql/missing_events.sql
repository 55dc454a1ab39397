-- The holes in the sources' sequence numbers, which a node writes without holes: what proves a log complete.
-- Reads: session_events. A source that begins with `unnumbered:` is another platform's, whose log has no numbers: of
-- it nothing can be said.
with numbered as (
    select
        source,
        seq,
        source_file,
        source_row,
        lag(seq, 1, 0) over (partition by source order by seq) as previous_seq
    from session_events
    where source not like 'unnumbered:%'
),
final as (
    -- a node numbers its events from 0 or 1
    select source, previous_seq + 1 as first_missing, seq - 1 as last_missing, source_file, source_row
    from numbered
    where seq > previous_seq + 1
)
select * from final
order by source, first_missing
