package app

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/hms-ops/hms-monitor/internal/config"
)

// A board that was put is there after a restart, with its versions; one of a
// file cannot be changed.
func TestBoardsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "boards"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "boards", "wall.yaml"), []byte("name: wall\ntitle: The wall\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(filepath.Join(dir, "hms.yaml"), []byte("listen: 127.0.0.1:0\ndata_dir: "+filepath.Join(dir, "data")+"\nboards: [boards/*.yaml]\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, stop := start(t, c)
	put := func(name, text string) int {
		t.Helper()
		return request(t, http.MethodPut, a.URL()+"/api/boards/"+name, []byte(text), header{"Content-Type": "application/yaml"}).StatusCode
	}
	if got := put("desk", "title: One\n"); got != 201 {
		t.Error(got)
	}
	if got := put("desk", "title: Two\n"); got != 200 {
		t.Error(got)
	}
	if got := put("operations", "title: Ours\n"); got != 200 {
		t.Error(got)
	}
	if got := put("wall", "title: Ours\n"); got != 409 {
		t.Error(got)
	}
	stop()
	a, _ = start(t, c)
	all := get[struct {
		Boards []struct {
			Origin, File string
			ReadOnly     bool
			Version      int
			Board        struct{ Name, Title string }
		}
	}](t, a, "/api/boards").Boards
	if len(all) != 3 || all[0].Board.Title != "Two" || all[0].Version != 2 || all[1].Board.Title != "Ours" || all[1].Origin != "api" ||
		all[2].Origin != "file" || !all[2].ReadOnly || filepath.Base(all[2].File) != "wall.yaml" {
		t.Errorf("after a restart: %+v", all)
	}
}

func TestFaultyBoardFilesAreNamedWithTheirPlaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	if err := os.WriteFile(path, []byte("name: a\npanels:\n  - {type: kip}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Parse(filepath.Join(dir, "hms.yaml"), []byte("boards: [a.yaml, none.yaml]\n"))
	want := path + `:3:12: panels.0.type: is no type of panel; did you mean "kpi"?` + "\n" +
		filepath.Join(dir, "hms.yaml") + ":1:18: boards.1: names no file (" + filepath.Join(dir, "none.yaml") + ")"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}
