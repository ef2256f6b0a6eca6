// Memory for the pieces of bodies that come faster than they are written: so many blocks, each one of the kernel's
// large pages where it has them, for each page of what is written past the page cache is looked up and pinned. A block
// is made when it is first needed and used again by the next. Blocks come back from any thread, and may outlive this.
#pragma once
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "net/detail/piece_buffer.hpp"

namespace greenroom::net {

class LargePieces {
 public:
  static constexpr std::size_t size = 2 << 20;  // bytes: a large page

  explicit LargePieces(std::size_t limit) : store_(std::make_shared<Store>(limit)) {}

  // Null: all of them are in use.
  PieceMemory take() {
    auto* block = store_->take();
    if (!block) return nullptr;
    return PieceMemory(block, [store = store_](std::uint8_t* used) { store->put_back(used); });
  }

 private:
  struct Store {
    explicit Store(std::size_t limit) : left(limit) {}
    ~Store() {
      for (auto* block : idle) std::free(block);
    }
    std::uint8_t* take() {
      std::lock_guard guard(lock);
      if (!idle.empty()) {
        auto* block = idle.back();
        idle.pop_back();
        return block;
      }
      auto* block = left == 0 ? nullptr : static_cast<std::uint8_t*>(std::aligned_alloc(size, size));
      if (!block) return nullptr;
      --left;
      idle.reserve(idle.capacity() + 1);
      ::madvise(block, size, MADV_HUGEPAGE);  // a wish
      return block;
    }
    void put_back(std::uint8_t* block) {
      std::lock_guard guard(lock);
      idle.push_back(block);
    }
    std::mutex lock;
    std::size_t left;  // to be made
    std::vector<std::uint8_t*> idle;
  };
  std::shared_ptr<Store> store_;
};

}  // namespace greenroom::net
