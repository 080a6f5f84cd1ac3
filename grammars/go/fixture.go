// Package shapes knows areas.
package shapes

import (
	"fmt"
	m "math"
)

import "strings"

const Limit = 10

var cache = map[string]float64{}

var (
	first = 1
)

// Shape has an area.
type Shape interface {
	Area(scale float64) float64
}

type Circle struct {
	Radius float64
	owner  *Owner
}

type Names = []string

/* Area is pi times the square. */
func (c *Circle) Area(scale float64) float64 {
	if c.Radius > Limit {
		panic(fmt.Sprintf("%v is too large", c.Radius))
	} else {
		cache[`last`] = scale
	}
	return m.Pi * c.Radius * c.Radius * scale
}

func Total(shapes []Shape, owner Owner) Result {
	sum := 0.0
	for _, shape := range shapes {
		sum += shape.Area(1)
	}
	switch {
	case sum > Limit:
		return Result{sum, 'x'}
	}
	visit(func(name string) {
		strings.ToUpper(name)
	})
	return Result{}
}
