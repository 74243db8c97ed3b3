//! Where a rating is heading between two epochs (3.8): a forecast with its band, for people; it decides nothing.
//!
//! What always holds: the simplest model that predicted the past about as well as the best one is taken, each judged only by
//! points that it had not seen; value and band stay in 0 to 1. Source: 3.8 of the reference.

mod fit;

use fit::{fit, value_at};

/// Points that are looked at.
const WINDOW: usize = 12;
/// Points from which models are judged.
const ORIGINS_MAX: usize = 6;
/// Fewer points say nothing.
const POINTS_MIN: usize = 4;
/// Highest degree of a polynomial.
const DEGREE_MAX: usize = 3;
/// What counts as about as good as the best.
const MARGIN: f64 = 1.05;
const MARGIN_FLOOR: f64 = 1e-12;
/// Student's t for 97.5 %, by the number of origins from 1.
const STUDENT_T: [f64; ORIGINS_MAX] = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469];

/// A rating at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When, in any unit.
    pub time: f64,
    /// The rating, 0 to 1.
    pub rating: f64,
}

/// How the future is taken to follow from the past, the simplest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// It stays as it is.
    Last,
    /// A polynomial of this degree, 0 to 3.
    Polynomial(u8),
}

/// How much a forecast says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is one.
    Ok,
    /// Too few points.
    Hold,
    /// Too far ahead.
    Stale,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// How much it says.
    pub status: Status,
    /// What it follows.
    pub model: Model,
    /// The value, 0 to 1.
    pub value: f64,
    /// Lower end of the 95 % band.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Half the band before it was cut; `None` unless the status is ok.
    pub half: Option<f64>,
    /// Mean squared errors of the models that were tried, the simplest first.
    pub mse: Vec<f64>,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NoForecast {
    /// No point at all.
    #[error("a forecast needs a point")]
    Empty,
    /// Times that do not grow, or are no numbers.
    #[error("the times of the points do not grow")]
    Times,
    /// A rating outside 0 to 1.
    #[error("{0} is no rating")]
    Rating(f64),
    /// Not into the future.
    #[error("{0} is no time ahead")]
    Horizon(f64),
}

/// The rating `horizon` after the last point, by the last points of `history`.
///
/// # Errors
/// [`NoForecast`].
pub fn forecast(history: &[Point], horizon: f64) -> Result<Forecast, NoForecast> {
    check(history, horizon)?;
    let window = &history[history.len().saturating_sub(WINDOW)..];
    let (first, last) = (window[0], window[window.len() - 1]);
    let span = last.time - first.time;
    if window.len() < POINTS_MIN {
        return Ok(unsure(Status::Hold, last.rating));
    }
    if horizon > 2.0 * span / as_f64(window.len() - 1) {
        return Ok(unsure(Status::Stale, last.rating));
    }
    let scaled: Vec<Point> =
        window.iter().map(|point| Point { time: (point.time - last.time) / span, rating: point.rating }).collect();
    let origins = ORIGINS_MAX.min(scaled.len() - 2);
    let models = models(scaled.len() - origins);
    let mse: Vec<f64> = models.iter().map(|model| mean_squared_error(*model, &scaled, origins)).collect();
    let best = mse.iter().copied().fold(f64::INFINITY, f64::min);
    let chosen = mse.iter().position(|mse| *mse <= MARGIN * best + MARGIN_FLOOR).unwrap_or(0);
    let value = predict(models[chosen], &scaled, horizon / span);
    let half = STUDENT_T[origins - 1] * mse[chosen].sqrt();
    let cut = |value: f64| value.clamp(0.0, 1.0);
    Ok(Forecast {
        status: Status::Ok,
        model: models[chosen],
        value: cut(value),
        low: cut(value - half),
        high: cut(value + half),
        half: Some(half),
        mse,
    })
}

fn check(history: &[Point], horizon: f64) -> Result<(), NoForecast> {
    if history.is_empty() {
        return Err(NoForecast::Empty);
    }
    if !(horizon.is_finite() && horizon > 0.0) {
        return Err(NoForecast::Horizon(horizon));
    }
    let finite = history.iter().all(|point| point.time.is_finite());
    if !finite || history.windows(2).any(|pair| pair[0].time >= pair[1].time) {
        return Err(NoForecast::Times);
    }
    let bad = history.iter().find(|point| !(0.0..=1.0).contains(&point.rating));
    bad.map_or(Ok(()), |point| Err(NoForecast::Rating(point.rating)))
}

fn unsure(status: Status, value: f64) -> Forecast {
    Forecast { status, model: Model::Last, value, low: 0.0, high: 1.0, half: None, mse: Vec::new() }
}

/// The models that the first origin, with so many points before it, allows.
fn models(before_first: usize) -> Vec<Model> {
    let degrees = (0..=DEGREE_MAX).filter(|degree| before_first >= degree + 2);
    let polynomials = degrees.filter_map(|degree| u8::try_from(degree).ok()).map(Model::Polynomial);
    std::iter::once(Model::Last).chain(polynomials).collect()
}

/// The mean squared error of predicting each of the last `origins` points from those before it alone.
fn mean_squared_error(model: Model, points: &[Point], origins: usize) -> f64 {
    let errors = (points.len() - origins..points.len()).map(|at| {
        let error = predict(model, &points[..at], points[at].time) - points[at].rating;
        error * error
    });
    errors.sum::<f64>() / as_f64(origins)
}

fn predict(model: Model, points: &[Point], time: f64) -> f64 {
    match model {
        Model::Last => points[points.len() - 1].rating,
        Model::Polynomial(degree) => value_at(&fit(points, usize::from(degree)), time),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a small count")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
