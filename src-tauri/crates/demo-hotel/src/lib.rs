//! demo-hotel
