// Blobs as the HTTP server wants them.
#pragma once
#include "api/api.hpp"
#include "blob/store.hpp"

namespace greenroom::app {

base::Result<api::MediaBytes> media_bytes(blob::Store& store, const api::MediaWish& wish);

}  // namespace greenroom::app
