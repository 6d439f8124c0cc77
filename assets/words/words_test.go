package words_test

import (
	"reflect"
	"testing"

	"github.com/tsugi-app/tsugi/assets/words"
)

func TestNoTextIsMissing(t *testing.T) {
	t.Parallel()
	if n := visit(t, "English", reflect.ValueOf(words.English())); n < 100 {
		t.Errorf("only %d texts were looked at", n)
	}
}

func visit(t *testing.T, path string, v reflect.Value) int {
	t.Helper()
	if v.Kind() == reflect.String {
		if v.Len() == 0 {
			t.Errorf("%s is empty", path)
		}
		return 1
	}
	n := 0
	for i := range v.NumField() {
		n += visit(t, path+"."+v.Type().Field(i).Name, v.Field(i))
	}
	return n
}
