//! Polynomials by least squares, through an orthogonal basis (modified Gram–Schmidt, the QR of 3.8).

use super::Point;

/// Coefficients, of the lowest power first.
pub(super) fn fit(points: &[Point], degree: usize) -> Vec<f64> {
    let mut residual: Vec<f64> = points.iter().map(|point| point.rating).collect();
    let mut basis: Vec<Vec<f64>> =
        (0..=degree).map(|power| points.iter().map(|point| powers(point.time, power)).collect()).collect();
    // Upper triangle: how the powers are made of the basis.
    let mut triangle = vec![vec![0.0; degree + 1]; degree + 1];
    let mut projected = vec![0.0; degree + 1];
    for at in 0..=degree {
        let length = dot(&basis[at], &basis[at]).sqrt();
        triangle[at][at] = length;
        scale(&mut basis[at], 1.0 / length);
        let (done, rest) = basis.split_at_mut(at + 1);
        let axis = &done[at];
        for (offset, column) in rest.iter_mut().enumerate() {
            let along = dot(axis, column);
            triangle[at][at + 1 + offset] = along;
            subtract(column, axis, along);
        }
        projected[at] = dot(axis, &residual);
        subtract(&mut residual, axis, projected[at]);
    }
    back_substitute(&triangle, projected)
}

/// The polynomial's value.
pub(super) fn value_at(coefficients: &[f64], time: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * time + coefficient)
}

fn powers(time: f64, power: usize) -> f64 {
    (0..power).fold(1.0, |product, _| product * time)
}

fn back_substitute(triangle: &[Vec<f64>], mut right: Vec<f64>) -> Vec<f64> {
    for at in (0..right.len()).rev() {
        let known: f64 = (at + 1..right.len()).map(|column| triangle[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / triangle[at][at];
    }
    right
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn scale(column: &mut [f64], factor: f64) {
    column.iter_mut().for_each(|value| *value *= factor);
}

fn subtract(column: &mut [f64], axis: &[f64], along: f64) {
    column.iter_mut().zip(axis).for_each(|(value, unit)| *value -= along * unit);
}
