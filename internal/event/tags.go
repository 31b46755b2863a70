package event

// TagMap has the tags by their keys; it is never nil.
func TagMap(tags []Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}

// TagsKey is a text that tells lists of tags apart.
func TagsKey(tags []Tag) string { return string(AppendTagsKey(nil, tags)) }

// AppendTagsKey appends the text of TagsKey.
func AppendTagsKey(key []byte, tags []Tag) []byte {
	for _, t := range tags {
		key = append(append(append(append(key, t.Key...), 0), t.Value...), 0)
	}
	return key
}
