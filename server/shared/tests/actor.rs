//! One rule of the shared way at a time, on actors over the engine in memory.

mod actor {
    mod faults;
    mod loading;
    mod rounds;
    mod server;
}
