//! A plan as a picture. `draw` puts the parts together: shapes, outlines, seats, labels, legend.

mod draw;
mod seats;
mod shapes;
mod xml;

pub use draw::draw;
