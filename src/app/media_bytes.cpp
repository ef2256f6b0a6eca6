#include "app/media_bytes.hpp"

namespace greenroom::app {
namespace {

class BlobSource final : public net::ByteSource {
 public:
  explicit BlobSource(std::unique_ptr<blob::Reader> reader) : reader_(std::move(reader)) {}
  std::uint64_t size() const override { return reader_->size().value; }
  bool read(std::uint64_t offset, base::ByteSpan out) const override {
    return reader_->read(offset, out) == out.size();
  }

 private:
  const std::unique_ptr<blob::Reader> reader_;
};

}  // namespace

base::Result<api::MediaBytes> media_bytes(blob::Store& store, const api::MediaWish& wish) {
  GREENROOM_TRY(const auto name, blob::Name::parse(wish.blob));
  if (wish.by_link) {
    auto link = store.link(name, {wish.content_type, wish.content_disposition});
    if (!link.empty()) return api::MediaBytes{std::move(link), {}};
  }
  GREENROOM_TRY(auto reader, store.open(name));
  return api::MediaBytes{{}, std::make_shared<BlobSource>(std::move(reader))};
}

}  // namespace greenroom::app
