//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// machine is where it was measured.
type machine struct {
	CPU        string  `json:"cpu"`
	Cores      int     `json:"cores"`
	MemoryGiB  float64 `json:"memoryGiB"`
	Kernel     string  `json:"kernel"`
	FileSystem string  `json:"fileSystem"`
	Go         string  `json:"go"`
	Day        string  `json:"day"`
	// Load is how many threads wanted to run in the minute before.
	Load string `json:"load"`
}

func describe(dir string) machine {
	m := machine{
		CPU:        field("/proc/cpuinfo", "model name"),
		Cores:      runtime.NumCPU(),
		Kernel:     firstLine("/proc/sys/kernel/osrelease"),
		FileSystem: fileSystem(dir),
		Go:         runtime.Version(),
		Day:        time.Now().UTC().Format(time.DateOnly),
	}
	m.Load, _, _ = strings.Cut(firstLine("/proc/loadavg"), " ")
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		m.MemoryGiB = float64(info.Totalram) * float64(info.Unit) / (1 << 30)
	}
	return m
}

func (m machine) String() string {
	s := fmt.Sprintf("%d cores of %s, %.0f GiB, Linux %s, %s, %s, load before %s, %s.",
		m.Cores, m.CPU, m.MemoryGiB, m.Kernel, m.FileSystem, m.Go, m.Load, m.Day)
	if m.FileSystem == "tmpfs" {
		s += " In memory: fsync costs nothing here; give a disk with -dir."
	}
	return s
}

func fileSystem(dir string) string {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return "unknown file system"
	}
	names := map[int64]string{0xef53: "ext4", 0x01021994: "tmpfs", 0x58465342: "xfs", 0x9123683e: "btrfs", 0x794c7630: "overlayfs", 0x2fc12fc1: "zfs"}
	if name, ok := names[s.Type]; ok {
		return name
	}
	return fmt.Sprintf("file system %#x", s.Type)
}

func firstLine(file string) string {
	text, _ := os.ReadFile(file)
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func field(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
