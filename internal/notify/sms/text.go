package sms

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/prometheus/alertmanager/template"
)

// gsm is the GSM 03.38 alphabet; the characters of extended take two places.
const (
	gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "\f^{}\\[~]|€"
)

// septets is the length in the GSM alphabet; false where that lacks a character.
func septets(text string) (n int, ok bool) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsm, r):
			n++
		case strings.ContainsRune(extended, r):
			n += 2
		default:
			return 0, false
		}
	}
	return n, true
}

// Segments is how many messages a text is sent, and charged, as.
func Segments(text string) int {
	if n, ok := septets(text); ok {
		return parts(n, 160, 153)
	}
	return parts(len(utf16.Encode([]rune(text))), 70, 67)
}

func parts(n, single, each int) int {
	if n <= single {
		return 1
	}
	return (n + each - 1) / each
}

// limit shortens a text to so many segments. A link at its end is kept: it
// leads to what is left out.
func limit(text string, most int) string {
	text = strings.TrimSpace(text)
	if Segments(text) <= most {
		return text
	}
	head, link := []rune(text), ""
	if at := strings.LastIndexAny(text, " \n"); at >= 0 && isLink(text[at+1:]) && Segments("... "+text[at+1:]) <= most {
		head, link = []rune(text[:at]), text[at:]
	}
	low, high := 0, len(head) // how many runes can stay
	for low < high {
		middle := (low + high + 1) / 2
		if Segments(string(head[:middle])+"..."+link) <= most {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return strings.TrimSpace(string(head[:low])) + "..." + link
}

func isLink(word string) bool {
	return strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://")
}

// sentence is the text where no template is given: the worst alert, how many
// others there are, and a link.
func sentence(data *template.Data, zone *time.Location) string {
	alerts := slices.Clone(data.Alerts)
	slices.SortStableFunc(alerts, func(a, b template.Alert) int { return cmp.Compare(rank(a), rank(b)) })
	a := alerts[0]
	var b strings.Builder
	if a.Status == "resolved" {
		fmt.Fprintf(&b, "RESOLVED %s, %s to %s", subject(a), clock(a.StartsAt, zone, false), clock(a.EndsAt, zone, true))
	} else {
		fmt.Fprintf(&b, "%s %s since %s", cmp.Or(strings.ToUpper(a.Labels["severity"]), "ALERT"), finding(a), clock(a.StartsAt, zone, true))
	}
	if n := len(alerts) - 1; n > 0 {
		fmt.Fprintf(&b, ", and %d more", n)
	}
	b.WriteString(".")
	if link := cmp.Or(a.GeneratorURL, data.ExternalURL); link != "" {
		b.WriteString(" " + link)
	}
	return b.String()
}

func rank(a template.Alert) int {
	order := slices.Index([]string{"critical", "warning"}, a.Labels["severity"])
	if order < 0 {
		order = 2
	}
	if a.Status == "resolved" {
		order += 10
	}
	return order
}

// subject names what an alert is about: the metric and the tags of its series.
func subject(a template.Alert) string {
	name := cmp.Or(a.Labels["metric"], a.Labels["alertname"], "alert")
	var tags []string
	for _, pair := range a.Labels.SortedPairs() {
		if !slices.Contains([]string{"alertname", "metric", "severity"}, pair.Name) {
			tags = append(tags, pair.Name+"="+pair.Value)
		}
	}
	if len(tags) > 0 {
		name += " (" + strings.Join(tags, ", ") + ")"
	}
	return name
}

// finding says what is wrong with it.
func finding(a template.Alert) string {
	value, condition := a.Annotations["value"], a.Annotations["condition"]
	switch {
	case value != "" && condition != "":
		return fmt.Sprintf("%s is %s (%s)", subject(a), value, condition)
	case value != "":
		return fmt.Sprintf("%s is %s", subject(a), value)
	case a.Annotations["summary"] != "":
		return strings.TrimRight(a.Annotations["summary"], ". ")
	}
	return subject(a)
}

func clock(t time.Time, zone *time.Location, named bool) string {
	if named {
		return t.In(zone).Format("15:04 MST")
	}
	return t.In(zone).Format("15:04")
}
