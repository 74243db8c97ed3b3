//! Set `forecast`: section 3.8.

use super::case::Case;
use even::forecast::{Forecast, Model, Point, Status};

pub(super) fn forecast(case: &Case<'_>) -> Result<(), String> {
    let (times, ratings, horizon) = (case.reals("times")?, case.reals("ratings")?, case.real("horizon")?);
    let points: Vec<Point> =
        times.iter().zip(&ratings).map(|(time, rating)| Point { time: *time, rating: *rating }).collect();
    let found = even::forecast::forecast(&points, horizon);
    if case.has("error") {
        return case.expect("error", found.is_err());
    }
    let expect = Case::new(case.value("expect")?);
    compare(&expect, &found.map_err(|refusal| refusal.to_string())?)?;
    expect.finish()
}

fn compare(expect: &Case<'_>, found: &Forecast) -> Result<(), String> {
    let status = match found.status {
        Status::Ok => "ok",
        Status::Hold => "hold",
        Status::Stale => "stale",
    };
    expect.expect("status", status)?;
    let model = match found.model {
        Model::Last => "last".to_owned(),
        Model::Polynomial(degree) => format!("poly{degree}"),
    };
    expect.expect("model", model)?;
    expect.expect_real("value", found.value)?;
    expect.expect_real("lo", found.low)?;
    expect.expect_real("hi", found.high)?;
    if found.half.is_none() {
        return Ok(());
    }
    expect.expect_real("half", found.half)?;
    let wanted = expect.reals("mse")?;
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= f64::max(1e-9 * a.abs(), 1e-12);
    let same = wanted.len() == found.mse.len() && wanted.iter().zip(&found.mse).all(near);
    if same { Ok(()) } else { Err(format!("mse: {:?} instead of {wanted:?}", found.mse)) }
}
