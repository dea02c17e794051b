package interop

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	wamp "github.com/wampgen/wampgen/runtime"

	"github.com/wampgen/wampgen/examples/shop/shop"
)

// chatting is a peer whose calls may send chunks.
type chatting interface {
	// chat calls with p and sends the chunks behind it. The progressive results are
	// noted.
	chat(ctx context.Context, uri string, p payload, chunks []payload) *pending
}

var lines = []string{"Guten Tag", "", "日本語"}

// line is a line of a chat on the wire.
func chatLine(from, text string) payload {
	return payload{args: []any{map[string]any{"from": from, "text": text}}}
}

// chunksByUs: our typed caller sends lines behind its call, and has an answer to
// each of them and the end from their callee.
func chunksByUs(ctx context.Context, m *meeting) error {
	if err := m.theirs.register(ctx, shop.SupportChatProcedure, behaviour{as: "chat"}); err != nil {
		return err
	}
	answers, err := m.ours.chat(ctx, "7", lines)
	if err != nil || !slices.Equal(answers, lines) {
		return fmt.Errorf("want the answers %q, found %q: %w", lines, answers, err)
	}
	return m.rejoin(ctx)
}

// chunksByThem: their caller sends lines behind its call, and has an answer to each
// of them and the end from our typed callee.
func chunksByThem(ctx context.Context, m *meeting) (err error) {
	stop, err := m.ours.serveChat(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(ctx)) }()
	theirs, ok := m.theirs.(chatting)
	if !ok {
		return errors.New("the peer cannot send chunks")
	}
	var chunks []payload
	for _, text := range lines {
		chunks = append(chunks, chatLine("them", text))
	}
	c := theirs.chat(ctx, shop.SupportChatProcedure, payload{args: []any{"7"}}, chunks)
	for _, text := range lines {
		n, err := m.noted(ctx, "an answer", func(n note) bool { return n.progress })
		if err := m.same("our answer", n.payload, chatLine("ticket 7", text), err); err != nil {
			return err
		}
	}
	got, err := c.wait(ctx)
	return m.same("our result", got, payload{}, err)
}

// chat calls support.chat with lines and returns the text of the answers.
func (o *ours) chat(ctx context.Context, ticket string, lines []string) (answers []string, err error) {
	call := shop.NewCaller(o.client).SupportChat(ctx, ticket)
	defer call.Close()
	for _, text := range lines {
		if err := call.Send(shop.ChatLine{From: "us", Text: text}); err != nil {
			return nil, err
		}
	}
	if err := call.CloseSend(); err != nil {
		return nil, err
	}
	for answer, err := range call.All() {
		if err != nil {
			return answers, err
		}
		answers = append(answers, answer.Text)
	}
	_, err = call.Result()
	return answers, err
}

// serveChat serves support.chat: a line comes back from its ticket.
func (o *ours) serveChat(ctx context.Context) (stop, error) {
	chat := func(_ context.Context, ticket string, chunks iter.Seq2[shop.ChatLine, error], out wamp.Sender[shop.ChatLine]) error {
		for line, err := range chunks {
			if err == nil {
				err = out.Send(shop.ChatLine{From: "ticket " + ticket, Text: line.Text})
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	regs, err := wamp.Register(ctx, o.client, shop.HandleSupportChat(chat))
	if err != nil {
		return nil, err
	}
	return regs.Unregister, nil
}
