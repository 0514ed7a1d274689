"""Where people live: villages, rows of houses along roads, farms that stand alone.

To one pixel of 10 m they are mixtures of lawns, beds, trees, terraces and roofs, and no two plots
are alike.
"""

from __future__ import annotations

import numpy as np

from crop2seg_training.simulate.background import VARIANTS, Material
from crop2seg_training.simulate.noise import smooth_noise
from crop2seg_training.simulate.plan import CELL_METRES, Plan

# Keeps places about a centre above 0, so that plots do not fold there; metres.
ASIDE = 4000.0
PLOT_DRAWS = 64  # plots in a row before their draws repeat


def add_village(plan: Plan, centre: tuple[float, float], radius: float) -> None:
    """Houses, yards, gardens and streets inside a blob."""
    rows, columns = plan.shape
    rough = smooth_noise(rows, columns, 120 / CELL_METRES, plan.rng).ravel()
    away = np.hypot(plan.x - centre[0], plan.y - centre[1])
    inside = np.flatnonzero(away < radius * (1 + 0.25 * rough))
    u, v = _turned(plan, inside, plan.rng.uniform(0, np.pi))
    _plots(plan, inside, u, v)
    plan.lay(inside[(u % 100 < 6) | (v % 125 < 6)], Material.ASPHALT)


def add_ribbon(plan: Plan) -> None:
    """A row of houses on one or both sides of a straight piece of road."""
    centre = plan.rng.integers(len(plan.x))
    x, y = plan.x - plan.x[centre], plan.y - plan.y[centre]
    angle, length = plan.rng.uniform(0, np.pi), plan.rng.uniform(100, 500)
    u = x * np.cos(angle) + y * np.sin(angle)
    v = -x * np.sin(angle) + y * np.cos(angle)
    depth, side = plan.rng.uniform(25, 60), plan.rng.uniform(-1, 1)
    least, most = (-depth if side < 0.5 else 0.0), (depth if side > -0.5 else 0.0)
    row = np.flatnonzero((np.abs(u) < length / 2) & (v > least) & (v < most))
    _plots(plan, row, u[row] + ASIDE, v[row] + ASIDE)
    plan.lay(np.flatnonzero((np.abs(v) < 3.5) & (np.abs(u) < length)), Material.ASPHALT)


def add_farm(plan: Plan) -> None:
    """A farm: halls around a yard, a house, grass and trees."""
    centre = plan.rng.integers(len(plan.x))
    x, y = plan.x - plan.x[centre], plan.y - plan.y[centre]
    reach = plan.rng.uniform(18, 60)
    near = np.flatnonzero(np.hypot(x, y) < reach)
    _plots(plan, near, x[near] + ASIDE, y[near] + ASIDE)
    angle = plan.rng.uniform(0, np.pi)
    u = x * np.cos(angle) + y * np.sin(angle)
    v = -x * np.sin(angle) + y * np.cos(angle)
    plan.lay(np.flatnonzero((np.abs(u) < reach / 2) & (np.abs(v) < reach / 3)), Material.TRACK)
    for _ in range(plan.rng.integers(0, 4)):
        long, wide = plan.rng.uniform(8, 30), plan.rng.uniform(5, 12)
        at, to = plan.rng.uniform(-reach / 2, reach / 2, 2)
        hall = np.flatnonzero((np.abs(u - at) < long) & (np.abs(v - to) < wide))
        roofs = (Material.RED_ROOF, Material.GREY_ROOF)
        plan.lay(hall, roofs[plan.rng.integers(2)])


def _turned(plan: Plan, cells: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = plan.x[cells], plan.y[cells]
    return x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)


def _plots(plan: Plan, cells: np.ndarray, u: np.ndarray, v: np.ndarray) -> None:
    """Gardens with houses on the cells, whose places are u and v in metres.

    Each plot is of a variant of its own: what lawns, beds, trees and terraces are to one pixel.
    """
    rng, side = plan.rng, plan.style.plot_metres
    deep = side * rng.uniform(1, 2)
    across, along = (u // side).astype(int) % PLOT_DRAWS, (v // deep).astype(int) % PLOT_DRAWS

    def draw(count: int) -> np.ndarray:
        return rng.integers(count, size=(PLOT_DRAWS, PLOT_DRAWS))[across, along]

    plan.material[cells] = Material.GARDEN * VARIANTS + draw(VARIANTS)
    plan.field[cells] = -1
    kind, house = draw(100), rng.uniform(8, 14)
    built = (u % side < house) & (v % deep < house)
    variant = draw(VARIANTS)
    for what, chosen in (
        (Material.RED_ROOF, built & (kind < 40)),
        (Material.GREY_ROOF, built & (kind >= 40) & (kind < 65)),
        (Material.BROADLEAF, ~built & (kind >= 85)),
        (Material.GREY_ROOF, (kind >= 97) & (u % (3 * side) < 2 * side)),
    ):
        plan.material[cells[chosen]] = what * VARIANTS + variant[chosen]
