"""What is computed from runs before anything is drawn."""


def ranked(values, percent):
    """The least value that `percent` of 100 values do not exceed: nearest rank, never between."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]


def mean(values):
    return sum(values) / len(values)


STATISTICS = {
    "mean": mean,
    "median": lambda values: ranked(values, 50),
    "p95": lambda values: ranked(values, 95),
    "p99": lambda values: ranked(values, 99),
}


def steps(values, total):
    """The distribution function as steps: [(value, share of all `total` runs up to it)]. Runs
    without a value count in the whole, so that the last share is below 1 where there are some."""
    points = []
    ordered = sorted(values)
    for place, value in enumerate(ordered, 1):
        if place == len(ordered) or ordered[place] != value:
            points.append((value, place / total))
    return points


def thinned(points, most=400):
    """The steps without those that are too low to be seen; never the first or the last."""
    if len(points) <= most:
        return points
    found = [points[0]]
    for point in points[1:-1]:
        if point[1] - found[-1][1] >= 1 / most:
            found.append(point)
    return found + [points[-1]]


def bootstrap(values, statistic, resamples=1000, percent=95):
    """An interval of the statistic by the percentile bootstrap. The draws depend on nothing but how
    many values there are: the same data give the same interval, on every machine."""
    import numpy

    if len(values) < 2:
        return None
    numbers = numpy.array(sorted(values), dtype=float)
    draw = numpy.random.RandomState(20140619)  # its stream is frozen, unlike that of Generator
    found = []
    for _ in range(resamples):
        sample = numbers[draw.randint(0, len(numbers), len(numbers))]
        found.append(resampled(sample, statistic))
    tail = (100 - percent) / 2
    return ranked(found, tail), ranked(found, 100 - tail)


def resampled(sample, statistic):
    """The same as STATISTICS on an array, without leaving it."""
    import numpy

    if statistic == "mean":
        return float(sample.mean())
    percent = {"median": 50, "p95": 95, "p99": 99}[statistic]
    rank = max(int(-(-len(sample) * percent // 100)), 1) - 1
    return float(numpy.partition(sample, rank)[rank])
