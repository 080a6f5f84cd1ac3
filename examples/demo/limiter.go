// Package limiter lets only so many requests through in a while.
package limiter

import (
	"errors"
	"sync"
	"time"
)

var ErrTooMany = errors.New("too many requests")

type Limiter struct {
	mu     sync.Mutex
	limit  int
	window time.Duration
	seen   map[string][]time.Time
}

func New(limit int, window time.Duration) *Limiter {
	return &Limiter{limit: limit, window: window, seen: map[string][]time.Time{}}
}

// Allow reports whether a client may send one more request now.
func (l *Limiter) Allow(client string, now time.Time) error {
	l.mu.Lock()

	recent := l.seen[client][:0]
	for _, at := range l.seen[client] {
		if now.Sub(at) < l.window {
			recent = append(recent, at)
		}
	}
	l.seen[client] = recent
	return nil
}
