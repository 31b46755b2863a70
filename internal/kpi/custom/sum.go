package custom

import (
	"encoding/binary"
	"math"
	"math/big"
)

// exactSum adds numbers without rounding, so that a sum depends neither on the
// order of events nor on the groups they are counted in, and 1e16 + 1 - 1e16 is
// 1. It is a fixed-point number as wide as the range of a float64 (a small
// superaccumulator: Neal 2015).
type exactSum struct {
	// limbs[i] counts 2^(32i-1074). Between carries they overlap.
	limbs [67]int64
	// whole counts whole numbers, which most are, until the next carry.
	whole int64
	adds  int
}

const (
	limbBits = 32
	lowest   = -1074 // the exponent of the least float64
	// carryEvery keeps limbs and whole from overflowing: each addition is below
	// 2^53.
	carryEvery = 512
)

// add adds a finite number; others are left out.
func (s *exactSum) add(x float64) {
	if w := int64(x); float64(w) == x && -1<<52 < w && w < 1<<52 {
		s.whole += w
	} else {
		s.put(x)
	}
	if s.adds++; s.adds == carryEvery {
		s.carry()
	}
}

// put adds a number to the limbs that its bits reach into.
func (s *exactSum) put(x float64) {
	b := math.Float64bits(x)
	exponent, mantissa := uint(b>>52&0x7ff), b&(1<<52-1)
	switch exponent {
	case 0x7ff:
		return
	case 0: // subnormal: as exponent 1, without the hidden bit
	default:
		exponent--
		mantissa |= 1 << 52
	}
	i, shift := exponent/limbBits, exponent%limbBits
	low, high := int64(mantissa<<shift&(1<<limbBits-1)), int64(mantissa>>(limbBits-shift)) //nolint:gosec // 53 bits
	if b>>63 == 1 {
		low, high = -low, -high
	}
	s.limbs[i] += low
	s.limbs[i+1] += high
}

// carry makes all limbs but the last one non-negative and 32 bits wide.
func (s *exactSum) carry() {
	s.put(float64(s.whole >> limbBits << limbBits))
	s.put(float64(s.whole & (1<<limbBits - 1)))
	s.whole = 0
	last := len(s.limbs) - 1
	for i := range last {
		s.limbs[i+1] += s.limbs[i] >> limbBits
		s.limbs[i] &= 1<<limbBits - 1
	}
	s.adds = 0
}

// value is the sum, rounded once, to the nearest float64.
func (s exactSum) value() float64 {
	s.carry()
	last := len(s.limbs) - 1
	negative := s.limbs[last] < 0
	if negative {
		for i := range s.limbs {
			s.limbs[i] = -s.limbs[i]
		}
		s.carry()
	}
	var whole [len(s.limbs) * limbBits / 8]byte
	for i, limb := range s.limbs {
		binary.BigEndian.PutUint32(whole[4*(last-i):], uint32(limb)) //nolint:gosec // carried
	}
	f := new(big.Float).SetInt(new(big.Int).SetBytes(whole[:]))
	v, _ := f.SetMantExp(f, lowest).Float64()
	if negative {
		return -v
	}
	return v
}
