// Package sample fills a workspace with sample people and their incidents, through real clients and
// a real server, and shows it. Whoever looks at it must never take anybody in it for real.
package sample

// Person is somebody who does not exist.
type Person struct {
	Key        string // names the person in the stories, and its folder
	Name       string
	Department string
}

// The keys of the sample people.
const (
	admin = "admin" // in front of the window
	ada   = "ada"
	ben   = "ben"
	cleo  = "cleo"
	dora  = "dora"
	eli   = "eli" // whose network fails
	fay   = "fay"
)

// Admin returns who sits in front of the window.
func Admin() Person {
	return Person{Key: admin, Name: "Sample Admin", Department: "Whoever looks at this"}
}

// Colleagues returns everybody else.
func Colleagues() []Person {
	return []Person{
		{ada, "Ada Sample", "Engineering"},
		{ben, "Ben Sample", "Support"},
		{cleo, "Cleo Sample", "Databases"},
		{dora, "Dora Sample", "Press"},
		{eli, "Eli Sample", "Shop north"},
		{fay, "Fay Sample", "Legal"},
	}
}
