// SPDX-License-Identifier: Apache-2.0
// What happens when, in an order that is the same on every host.
#ifndef TILICHO_RUNTIME_TIMING_EVENTS_H
#define TILICHO_RUNTIME_TIMING_EVENTS_H

#include <cstdint>
#include <queue>
#include <vector>

namespace tilicho::timing {

enum class EventKind : uint8_t {
  Signal,   ///< a semaphore's new value is seen
  Issue,    ///< a queue's pending instruction may start
  Packet,   ///< a DMA queue's next packet goes to the engines
  Complete, ///< the oldest transfer of a DMA queue has ended
};

struct Event {
  double ns;
  uint32_t order; ///< breaks ties by age
  EventKind kind;
  uint8_t semaphore;
  uint8_t increment;
  uint16_t queue;
  uint32_t source; ///< of a signal: the executed instruction that gave it

  bool operator>(const Event &other) const {
    return ns != other.ns ? ns > other.ns : int32_t(order - other.order) > 0;
  }
};

class Events {
public:
  void push(double ns, EventKind kind, uint16_t queue) {
    heap.push({ns, order++, kind, 0, 0, queue, 0});
  }
  void pushSignal(double ns, uint8_t semaphore, uint8_t increment,
                  uint16_t queue, uint32_t source) {
    heap.push(
        {ns, order++, EventKind::Signal, semaphore, increment, queue, source});
  }
  void pushComplete(double ns, uint16_t queue, uint32_t source) {
    heap.push({ns, order++, EventKind::Complete, 0, 0, queue, source});
  }
  bool empty() const { return heap.empty(); }
  double nextNs() const { return heap.top().ns; }
  Event pop() {
    Event event = heap.top();
    heap.pop();
    return event;
  }

private:
  uint32_t order = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> heap;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_EVENTS_H
