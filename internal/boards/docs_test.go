package boards

import (
	"os"
	"strings"
	"testing"
)

func TestDocumentedBoardsAreValid(t *testing.T) {
	text, err := os.ReadFile("../../docs/boards.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```yaml\n")[1:]
	if len(parts) == 0 {
		t.Error("docs/boards.md shows no board")
	}
	known := Known{KPIs: []string{"case.sla", "cases.resolved.per.hour"}}
	for _, part := range parts {
		block, _, _ := strings.Cut(part, "```")
		if _, d := Parse("docs/boards.md", []byte(block), known); d.Err() != nil {
			t.Error(d.Err())
		}
	}
}
