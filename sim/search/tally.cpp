#include "sim/search/tally.hpp"

#include <algorithm>
#include <limits>

namespace quorate {
namespace {

// Adds to each name what a run has of it. Both are sorted, and nearly always of the same names.
template <class Sums, class Numbers>
void add_beside(Sums& sums, const Numbers& numbers) {
  auto place = sums.begin();
  for (const auto& [name, number] : numbers) {
    if (place == sums.end() || place->first != name) {
      while (place != sums.end() && place->first < name) ++place;
      place = sums.try_emplace(place, std::string(name));
    }
    place->second.add(number);
    ++place;
  }
}

// ---- packing ------------------------------------------------------------------------------------

void pack(Packer& out, const VerdictCounts& counts) {
  for (const std::uint64_t count :
       {counts.pass, counts.fail, counts.inconclusive, counts.broken, counts.crashed}) {
    out.number(count);
  }
}

void pack(Packer& out, const Spread& spread) {
  out.number(spread.runs);
  for (const std::int64_t value : {spread.least, spread.most, spread.sum}) out.number(value);
}

void pack(Packer& out, const Sightings& seen) {
  out.number(seen.runs);
  out.number(seen.total);
}

void pack(Packer& out, const FaultTally& tally) {
  pack(out, tally.fired);
  out.number(tally.missed);
}

template <class Map>
void pack_each(Packer& out, const Map& map) {
  out.number(map.size());
  for (const auto& [name, value] : map) {
    out.text(name);
    pack(out, value);
  }
}

// What is unpacked is added to what is there.

void unpack(Unpacker& in, VerdictCounts& counts) {
  for (std::uint64_t* count :
       {&counts.pass, &counts.fail, &counts.inconclusive, &counts.broken, &counts.crashed}) {
    *count += in.number();
  }
}

void unpack(Unpacker& in, Spread& spread) {
  Spread more;
  more.runs = in.number();
  for (std::int64_t* value : {&more.least, &more.most, &more.sum}) {
    *value = in.number<std::int64_t>();
  }
  spread.add(more);
}

void unpack(Unpacker& in, Sightings& seen) {
  Sightings more;
  more.runs = in.number();
  more.total = in.number();
  seen.add(more);
}

void unpack(Unpacker& in, FaultTally& tally) {
  unpack(in, tally.fired);
  tally.missed += in.number();
}

template <class Map>
void unpack_each(Unpacker& in, Map& map) {
  for (auto size = in.number(); size > 0; --size) unpack(in, map[in.text()]);
}

}  // namespace

void Spread::add(const Spread& more) {
  least = runs == 0 ? more.least : std::min(least, more.least);
  most = runs == 0 ? more.most : std::max(most, more.most);
  const std::int64_t room =
      std::numeric_limits<std::int64_t>::max() - std::max(sum, std::int64_t{0});
  sum = more.sum > room ? std::numeric_limits<std::int64_t>::max() : sum + more.sum;
  runs += more.runs;
}

Rounded Spread::mean() const {
  const auto count = static_cast<std::int64_t>(runs);
  const std::int64_t hundredths = (sum % count * 200 + count) / (2 * count);
  return {sum / count + hundredths / 100, hundredths % 100};
}

void VerdictCounts::add(RowEnd end, Verdict verdict) {
  if (end == RowEnd::crashed) {
    ++crashed;
  } else if (end == RowEnd::broken) {
    ++broken;
  } else if (verdict == Verdict::pass) {
    ++pass;
  } else if (verdict == Verdict::fail) {
    ++fail;
  } else {
    ++inconclusive;
  }
}

void VerdictCounts::add(const VerdictCounts& more) {
  pass += more.pass;
  fail += more.fail;
  inconclusive += more.inconclusive;
  broken += more.broken;
  crashed += more.crashed;
}

void SweepTally::add(const SweepRow& row) {
  counts.add(row);
  PointTally& point = points[row.point];
  point.counts.add(row);
  if (row.end != RowEnd::finished) return;
  add_beside(point.metrics, row.outcome.metrics);
  add_beside(witnesses, row.outcome.witnesses);
  for (const PropertyResult& property : row.outcome.properties) {
    properties[property.name].add(property.exercised);
  }
  for (const FaultResult& fault : row.outcome.faults) {
    FaultTally& tally = faults[fault.id];
    tally.fired.add(fault.fired);
    if (row.missed_faults && fault.idle()) ++tally.missed;
  }
}

void SweepTally::unload(Packer& out) {
  pack(out, counts);
  const auto used = [](const PointTally& point) { return point.counts.runs() != 0; };
  out.number(std::ranges::count_if(points, used));
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!used(points[i])) continue;
    out.number(i);
    pack(out, points[i].counts);
    pack_each(out, points[i].metrics);
    points[i] = {};
  }
  pack_each(out, witnesses);
  pack_each(out, properties);
  pack_each(out, faults);
  counts = {};
  for (auto* seen : {&witnesses, &properties}) seen->clear();
  faults.clear();
}

void SweepTally::load(Unpacker& in) {
  unpack(in, counts);
  for (auto used = in.number(); used > 0; --used) {
    PointTally& point = points.at(in.number<std::size_t>());
    unpack(in, point.counts);
    unpack_each(in, point.metrics);
  }
  unpack_each(in, witnesses);
  unpack_each(in, properties);
  unpack_each(in, faults);
}

std::vector<std::string> SweepTally::never_fired() const {
  std::vector<std::string> ids;
  for (const auto& [id, tally] : faults) {
    if (tally.idle()) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> SweepTally::never_exercised() const {
  std::vector<std::string> names;
  for (const auto& [name, seen] : properties) {
    if (seen.runs == 0) names.push_back(name);
  }
  return names;
}

}  // namespace quorate
