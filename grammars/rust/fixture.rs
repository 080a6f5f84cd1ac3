//! Shapes and their areas.
use std::collections::{HashMap, HashSet as Set};
use std::fmt::Display;
use crate::units::*;
use serde;
extern crate libc;
mod helpers;

const LIMIT: f64 = 10.0;
static NAMES: &[&str] = &["a", r#"b"#];

type Cache = HashMap<String, f64>;

/// What has an area.
pub trait HasArea {
    fn area(&self, scale: f64) -> f64;
}

#[derive(Debug)]
pub struct Circle {
    pub radius: f64,
    owner: Owner,
}

struct Unit;
struct Pair(f64, f64);

enum Colour {
    Red,
    Custom(u8),
}

impl HasArea for Circle {
    fn area(&self, scale: f64) -> f64 {
        /* pi times the square */
        if self.radius > LIMIT {
            panic!("{} is too large", self.radius);
        } else {
            log('x');
        }
        std::f64::consts::PI * self.radius * self.radius * scale
    }
}

pub fn total<'a>(shapes: &'a [Circle], owner: Owner) -> Total {
    let mut sum = Sum { value: 0.0 };
    for shape in shapes {
        sum.add(shape.area(1.0));
    }
    while sum.value > LIMIT {
        loop {
            break;
        }
    }
    match sum.value {
        _ => {
            unsafe { raw(&sum) };
        }
    }
    Total::from(sum)
}

mod tests {
    fn check() {
        let f = |x: f64| { x };
        f(1.0);
    }
}

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}
