package main

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// tasksCommand is about what the server was to do and gave up.
type tasksCommand struct {
	List  tasksListCommand  `cmd:"" default:"withargs" help:"List the tasks that failed too often, or until it was too late (the default)."`
	Again tasksAgainCommand `cmd:"" help:"Try them anew, unless it is too late for them."`
}

// Help is told by --help.
func (tasksCommand) Help() string {
	return `A task is something that the server does once, at its time: it sends a push, or looks whether a step has fallen due. When it fails, it is tried
again, and after some tries it is dead: it waits here until somebody has mended what was wrong. One whose time is over is never run
again, because it would wake people with what was hours ago; it is listed for a week.`
}

// tasksListCommand lists dead tasks.
type tasksListCommand struct {
	Limit int `help:"How many to list at most, up to 1000; the last first." default:"50" short:"n"`
}

// Run prints them.
func (c tasksListCommand) Run(p *program) error {
	if c.Limit < 1 {
		return fault.New(fault.Invalid, "At least one task is to be listed.").WithAdvice("Nothing was changed.", "Say --limit 50.")
	}
	if err := p.installed(); err != nil {
		return err
	}
	return p.controlled(func(ctx context.Context, api *rpc.Controller) error {
		dead, total, err := api.DeadTasks(ctx, c.Limit)
		if err != nil {
			return err
		}
		if total == 0 {
			fmt.Println("No task has failed for good.")
			return nil
		}
		for _, d := range dead {
			fmt.Println(line(d, p.clock.Now()))
		}
		if more := total - len(dead); more > 0 {
			fmt.Printf("%d more have failed; --limit shows more.\n", more)
		}
		fmt.Println("Mend what is wrong, then: tsugid tasks again NUMBER…, or --all.")
		return nil
	})
}

// line tells of one dead task.
func line(d rpc.DeadTask, now time.Time) string {
	tries := "1 try"
	if d.Tries != 1 {
		tries = fmt.Sprintf("%d tries", d.Tries)
	}
	said := fmt.Sprintf("%6d  %s  %-10s  about %s  %s: %s", d.Number, d.Died.Local().Format(time.DateTime), d.Queue, d.About, tries, d.Problem)
	if !d.End.IsZero() && !d.End.After(now) {
		said += "  (too late to run again)"
	}
	return said
}

// tasksAgainCommand runs dead tasks again.
type tasksAgainCommand struct {
	Numbers []uint64 `arg:"" optional:"" help:"Which; the list tells their numbers." name:"number"`
	All     bool     `help:"All that are dead."`
	Queue   string   `help:"With --all: only those of this queue."`
}

// Run lets the server try them anew.
func (c tasksAgainCommand) Run(p *program) error {
	if c.All == (len(c.Numbers) > 0) || c.Queue != "" && !c.All {
		return fault.New(fault.Invalid, "It is not clear which tasks are to be run again.").
			WithAdvice("Nothing was changed.", "Name their numbers, or say --all, with --queue for those of one queue.")
	}
	if err := p.installed(); err != nil {
		return err
	}
	return p.controlled(func(ctx context.Context, api *rpc.Controller) error {
		if !c.All {
			if err := api.RunTasksAgain(ctx, c.Numbers...); err != nil {
				return err
			}
			fmt.Printf("Tried anew: %d.\n", len(c.Numbers))
			return nil
		}
		anew, left, err := api.RunAllTasksAgain(ctx, c.Queue)
		if err != nil {
			return err
		}
		fmt.Printf("Tried anew: %d. Left, because it is too late for them: %d.\n", anew, left)
		return nil
	})
}
