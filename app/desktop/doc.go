// Package desktop is what the client asks of the desktop around its window: notifications, a tray, a
// start at login, and links that other programs open. It knows nothing of incidents but their ids.
package desktop
