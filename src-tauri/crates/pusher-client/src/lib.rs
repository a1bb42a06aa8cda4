//! pusher-client
