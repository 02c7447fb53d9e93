-- checked_tags(tags) returns text[]
-- Tags without repetitions, in their order; null stays null.
-- Raises: Invalid no tags, or one that is not a line of 1 to 255 characters.
create or replace function plow.checked_tags(p_tags text[]) returns text[] language plpgsql immutable as $$
declare
  v_tag text;
begin
  if cardinality(p_tags) = 0 then
    raise exception 'an empty list of tags: nothing could match' using errcode = 'PW003';
  end if;
  foreach v_tag in array coalesce(p_tags, '{}') loop
    if v_tag is null or v_tag !~ '^[^[:cntrl:]]{1,255}$' then
      raise exception 'a tag is a line of 1 to 255 characters, not ''%''', left(v_tag, 60) using errcode = 'PW003';
    end if;
  end loop;
  return (select array_agg(tag order by place)
            from (select tag, min(place) as place from unnest(p_tags) with ordinality as t (tag, place) group by tag) as one);
end
$$;
